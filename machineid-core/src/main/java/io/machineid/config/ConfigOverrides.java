package io.machineid.config;

import io.machineid.ConfigException;
import io.machineid.config.OverrideTree.Value;
import io.machineid.config.YamlNode.Mapping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What flags and environment say instead of the file, or without one. Values are checked when they
 * are put over a file, as if they stood in it; errors then name the flag or the variable.
 * Immutable.
 */
public final class ConfigOverrides {

  private static final Set<Setting> ADDRESS =
      EnumSet.of(Setting.PROXY_SERVER, Setting.AUTH_SERVER, Setting.JOIN_URI);
  private static final Set<Setting> ONBOARDING =
      EnumSet.of(
          Setting.TOKEN,
          Setting.JOIN_METHOD,
          Setting.REGISTRATION_SECRET,
          Setting.REGISTRATION_SECRET_PATH,
          Setting.STATIC_KEY_PATH);

  private final Map<Setting, Value> values;
  private final List<Mapping> outputs;

  private ConfigOverrides(Map<Setting, Value> values, List<Mapping> outputs) {
    this.values = values;
    this.outputs = List.copyOf(outputs);
  }

  /**
   * No overrides: a file counts as it is.
   *
   * @return nothing
   */
  public static ConfigOverrides none() {
    return builder().build();
  }

  /**
   * Collects overrides.
   *
   * @return a builder without any
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Puts these over others: a flag beats a variable. An address here hides any address there; so
   * does a joining address with the token there.
   *
   * @param lower the weaker ones
   * @return both
   */
  public ConfigOverrides over(ConfigOverrides lower) {
    Map<Setting, Value> merged = new EnumMap<>(Setting.class);
    merged.putAll(lower.values);
    if (values.keySet().stream().anyMatch(ADDRESS::contains)) {
      merged.keySet().removeAll(ADDRESS);
    }
    if (values.containsKey(Setting.JOIN_URI)) {
      merged.keySet().removeAll(ONBOARDING);
    }
    merged.putAll(values);
    List<Mapping> added = new ArrayList<>(lower.outputs);
    added.addAll(outputs);
    return new ConfigOverrides(merged, added);
  }

  /**
   * Reads a file and puts these over it.
   *
   * @param file UTF-8, at most 1 MiB
   * @return the configuration
   * @throws ConfigException as {@link BotConfig#load}; about an override it names that
   */
  public LoadedConfig load(Path file) {
    return read(ConfigFile.text(file), file.toString(), true);
  }

  /**
   * Puts these over a text; does not look at the disk.
   *
   * @param yaml the text of a file
   * @param sourceName what to call it in messages
   * @return the configuration
   * @throws ConfigException as {@link BotConfig#parse}; about an override it names that
   */
  public LoadedConfig parse(String yaml, String sourceName) {
    return read(ConfigFile.checkSize(yaml, sourceName), sourceName, false);
  }

  /**
   * Makes a configuration of these alone, without a file.
   *
   * @param lookAtDisk whether a missing token is an error where the storage directory holds no
   *     identity
   * @return the configuration
   * @throws ConfigException when something is missing or wrong
   */
  public LoadedConfig alone(boolean lookAtDisk) {
    return read("version: v2\n", "command line", lookAtDisk);
  }

  private LoadedConfig read(String yaml, String source, boolean lookAtDisk) {
    OverrideTree tree = new OverrideTree(ConfigReader.tree(yaml, source), values);
    Mapping merged = tree.apply(outputs);
    return new LoadedConfig(ConfigReader.read(merged, lookAtDisk), tree.notices());
  }

  /** The settings and where they come from; values may be secrets. */
  @Override
  public String toString() {
    return "ConfigOverrides" + values.keySet();
  }

  /** Collects overrides. Not thread-safe. */
  public static final class Builder {

    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
    private final List<Mapping> outputs = new ArrayList<>();

    private Builder() {}

    /**
     * Sets from the flag of that name.
     *
     * @param setting what to set
     * @param texts the value; several for {@link Setting#CA_PIN}, {@code true} or {@code false} for
     *     a switch
     * @return this
     */
    public Builder set(Setting setting, String... texts) {
      return setFrom(setting.flag(), setting, texts);
    }

    /**
     * Sets from elsewhere, such as an environment variable.
     *
     * @param origin what errors call it
     * @param setting what to set
     * @param texts the value, as in {@link #set}
     * @return this
     */
    public Builder setFrom(String origin, Setting setting, String... texts) {
      if (texts.length == 0 || (texts.length > 1 && setting != Setting.CA_PIN)) {
        throw new IllegalArgumentException(setting.flag() + " takes one value");
      }
      values.put(setting, new Value(origin, List.of(texts)));
      return this;
    }

    /**
     * Adds an output of the type {@code kubernetes}.
     *
     * @param cluster {@code --kubernetes-cluster}
     * @param place where it goes
     * @param disableExecPlugin {@code --disable-exec-plugin}
     * @return this
     */
    public Builder kubernetesOutput(String cluster, FlagPlace place, boolean disableExecPlugin) {
      outputs.add(FlagOutputs.kubernetes(cluster, place, disableExecPlugin));
      return this;
    }

    /**
     * Adds an output of the type {@code kubernetes/v2}.
     *
     * @param names each a {@code --name-selector}
     * @param labels each a {@code --label-selector}: {@code key=value,key=value}
     * @param place where it goes
     * @param disableExecPlugin {@code --disable-exec-plugin}
     * @return this
     */
    public Builder kubernetesV2Output(
        List<String> names, List<String> labels, FlagPlace place, boolean disableExecPlugin) {
      outputs.add(FlagOutputs.kubernetesV2(names, labels, place, disableExecPlugin));
      return this;
    }

    /**
     * Adds an output of the type {@code identity}.
     *
     * @param place where it goes
     * @param cluster {@code --cluster}, or null for the bot's own
     * @param allowReissue {@code --allow-reissue}
     * @return this
     */
    public Builder identityOutput(FlagPlace place, @Nullable String cluster, boolean allowReissue) {
      outputs.add(FlagOutputs.identity(place, cluster, allowReissue));
      return this;
    }

    /**
     * Ends the collection.
     *
     * @return the overrides
     */
    public ConfigOverrides build() {
      return new ConfigOverrides(new EnumMap<>(values), outputs);
    }
  }
}
