package io.machineid.config;

import io.machineid.config.YamlNode.Entry;
import io.machineid.config.YamlNode.Mapping;
import io.machineid.config.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts overrides into the tree of a file, by the rules of {@code tbot start}. */
final class OverrideTree {

  private static final List<String> ADDRESSES = List.of("proxy_server", "auth_server", JoinUri.KEY);

  /** The texts of a setting and what to call where they come from; they may be secrets. */
  record Value(String origin, List<String> texts) {
    @Override
    public String toString() {
      return "Value[" + origin + "]";
    }
  }

  private final Section file;
  private final Map<Setting, Value> values;
  private final Map<String, Entry> entries;
  private final List<String> notices = new ArrayList<>();

  OverrideTree(Section file, Map<Setting, Value> values) {
    this.file = file;
    this.values = values;
    this.entries = new LinkedHashMap<>(file.mapping().entries());
  }

  /** The tree of the file with the overrides in it; {@code added} outputs come last. */
  Mapping apply(List<Mapping> added) {
    address();
    onboarding();
    replace(
        Setting.STORAGE, "storage", value -> FlagOutputs.destination(value.origin(), one(value)));
    replace(Setting.DIAG_ADDR, "diag_addr", OverrideTree::text);
    replace(Setting.RENEWAL_INTERVAL, LifetimeReader.INTERVAL, OverrideTree::text);
    lifetime();
    replace(Setting.ONESHOT, "oneshot", OverrideTree::bool);
    replace(Setting.INSECURE, "insecure", OverrideTree::bool);
    replace(Setting.FIPS, "fips", OverrideTree::bool);
    replace(Setting.DEBUG, "debug", OverrideTree::bool);
    outputs(added);
    return new Mapping(file.mark(), entries);
  }

  List<String> notices() {
    return notices;
  }

  private interface ToNode {
    YamlNode node(Value value);
  }

  private static String one(Value value) {
    return value.texts().get(0);
  }

  private static YamlNode text(Value value) {
    return FlagOutputs.text(value.origin(), one(value));
  }

  private static YamlNode bool(Value value) {
    return FlagOutputs.bool(value.origin(), one(value));
  }

  private void replace(Setting setting, String key, ToNode form) {
    Value value = values.get(setting);
    if (value != null) {
      remove(value.origin(), key);
      put(key, form.node(value));
    }
  }

  private void put(String key, YamlNode node) {
    entries.put(key, new Entry(node.mark(), node));
  }

  private void remove(String origin, String key) {
    Entry before = entries.remove(key);
    if (before != null && file.has(key)) {
      notices.add(origin + " replaces `" + key + "` of " + before.keyMark());
    }
  }

  private void address() {
    List<Setting> given = new ArrayList<>();
    for (Setting setting : List.of(Setting.PROXY_SERVER, Setting.AUTH_SERVER, Setting.JOIN_URI)) {
      if (values.containsKey(setting)) {
        given.add(setting);
      }
    }
    if (given.isEmpty()) {
      return;
    }
    Value first = required(given.get(0));
    if (given.size() > 1) {
      Value second = required(given.get(1));
      throw Mark.of(second.origin())
          .error("and " + first.origin() + " are both given, and both are addresses; keep one");
    }
    ADDRESSES.forEach(key -> remove(first.origin(), key));
    put(key(given.get(0)), text(first));
  }

  private static String key(Setting address) {
    return ADDRESSES.get(
        switch (address) {
          case PROXY_SERVER -> 0;
          case AUTH_SERVER -> 1;
          default -> 2;
        });
  }

  private Value required(Setting setting) {
    Value value = values.get(setting);
    if (value == null) {
      throw new IllegalStateException("not set: " + setting);
    }
    return value;
  }

  /** As with {@code tbot}, these replace all that the file says about joining. */
  private void onboarding() {
    Map<String, Entry> inner = new LinkedHashMap<>();
    @Nullable String origin = null;
    for (Setting setting :
        List.of(
            Setting.JOIN_URI,
            Setting.TOKEN,
            Setting.JOIN_METHOD,
            Setting.CA_PIN,
            Setting.REGISTRATION_SECRET,
            Setting.REGISTRATION_SECRET_PATH,
            Setting.STATIC_KEY_PATH)) {
      Value value = values.get(setting);
      if (value != null) {
        origin = origin == null ? value.origin() : origin;
        onboarding(setting, value, inner);
      }
    }
    if (origin == null) {
      return;
    }
    boolean joinable = values.containsKey(Setting.JOIN_METHOD) || entries.containsKey(JoinUri.KEY);
    if (!joinable) {
      String before = file.has("onboarding") ? " (" + file.mark("onboarding") + ")" : "";
      throw Mark.of(origin)
          .error(
              "stands for all of `onboarding`"
                  + before
                  + ", so the join method must be given with it: "
                  + Setting.JOIN_METHOD.flag());
    }
    remove(origin, "onboarding");
    put("onboarding", new Mapping(Mark.of(origin), inner));
  }

  private static void onboarding(Setting setting, Value value, Map<String, Entry> into) {
    Mark mark = Mark.of(value.origin());
    switch (setting) {
      case TOKEN -> into.put("token", new Entry(mark, text(value)));
      case JOIN_METHOD -> into.put("join_method", new Entry(mark, text(value)));
      case CA_PIN -> {
        List<YamlNode> pins = new ArrayList<>();
        value.texts().forEach(pin -> pins.add(FlagOutputs.text(value.origin(), pin)));
        into.put("ca_pins", new Entry(mark, new Sequence(mark, pins)));
      }
      case REGISTRATION_SECRET -> boundKeypair("registration_secret", value, into);
      case REGISTRATION_SECRET_PATH -> boundKeypair("registration_secret_path", value, into);
      case STATIC_KEY_PATH -> boundKeypair("static_private_key_path", value, into);
      default -> {
        // a joining address is expanded later, with the file's own
      }
    }
  }

  private static void boundKeypair(String key, Value value, Map<String, Entry> onboarding) {
    Mark mark = Mark.of(value.origin());
    Map<String, Entry> keys = new LinkedHashMap<>();
    Entry before = onboarding.get("bound_keypair");
    if (before != null && before.value() instanceof Mapping others) {
      keys.putAll(others.entries());
    }
    keys.put(key, new Entry(mark, text(value)));
    onboarding.put("bound_keypair", new Entry(mark, new Mapping(mark, keys)));
  }

  private void lifetime() {
    Value value = values.get(Setting.CREDENTIAL_TTL);
    if (value != null) {
      remove(value.origin(), LifetimeReader.OLD_TTL);
      remove(value.origin(), LifetimeReader.TTL);
      put(LifetimeReader.TTL, text(value));
    }
  }

  private void outputs(List<Mapping> added) {
    Value directory = values.get(Setting.DESTINATION_DIR);
    List<YamlNode> outputs = new ArrayList<>();
    if (directory != null) {
      remove(directory.origin(), "services");
      remove(directory.origin(), "outputs");
      outputs.add(FlagOutputs.identity(directory.origin(), one(directory)));
    } else if (!added.isEmpty()) {
      outputs.addAll(file.items("outputs"));
    }
    outputs.addAll(added);
    if (!outputs.isEmpty()) {
      put("outputs", new Sequence(file.mark("outputs"), outputs));
    }
  }
}
