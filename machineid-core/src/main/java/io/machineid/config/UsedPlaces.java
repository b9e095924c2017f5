package io.machineid.config;

import io.machineid.config.DestinationConfig.Directory;
import io.machineid.config.DestinationConfig.KubernetesSecret;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Sees to it that no two write to one place, and that no two have one name. */
final class UsedPlaces {

  private final Map<String, String> places = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();

  UsedPlaces(DestinationConfig storage) {
    place(storage).ifPresent(place -> places.put(place, "storage"));
  }

  void add(Section section, OutputConfig output) {
    output.name().ifPresent(name -> addName(section, name));
    if (output instanceof OutputConfig.Placed placed) {
      place(placed.destination()).ifPresent(place -> addPlace(section, place));
    }
  }

  private void addName(Section section, String name) {
    String other = names.putIfAbsent(name, section.path());
    if (other != null) {
      throw section.error("name", "is `" + name + "`, as that of `" + other + "`; change one");
    }
  }

  private void addPlace(Section section, String place) {
    String other = places.putIfAbsent(place, section.path());
    if (other != null) {
      Section destination = section.section("destination").orElse(section);
      throw destination
          .mark(destination.has("path") ? "path" : "name")
          .error(
              "`"
                  + section.path()
                  + "` and `"
                  + other
                  + "` have the same "
                  + place
                  + "; give each its own");
    }
  }

  private static Optional<String> place(DestinationConfig destination) {
    if (destination instanceof Directory directory) {
      return Optional.of("directory " + directory.path().toAbsolutePath().normalize());
    }
    if (destination instanceof KubernetesSecret secret) {
      String namespace = secret.namespace().map(name -> name + "/").orElse("");
      String cluster =
          secret.kubeconfigPath().map(path -> " by " + path).orElse("")
              + secret.kubeconfigContext().map(context -> " in " + context).orElse("");
      return Optional.of("secret " + namespace + secret.name() + cluster);
    }
    return Optional.empty();
  }
}
