package io.machineid.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.machineid.config.BotConfig;
import io.machineid.testkit.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents show is what works: Java is compiled, YAML is read, links lead somewhere. */
class DocsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path SOURCES = Path.of("src/test/java/io/machineid/docs");
  private static final Pattern SNIPPET = Pattern.compile("(?ms)^ *// snippet$(.*?)^ *// end$");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");

  @Test
  void java_inTheDocuments_isThatOfTheSources() {
    Map<String, String> compiled = new LinkedHashMap<>();
    files(SOURCES, ".java")
        .filter(source -> !source.endsWith("DocsTest.java"))
        .flatMap(source -> SNIPPET.matcher(text(source)).results())
        .forEach(found -> compiled.put(bare(found.group(1)), found.group(1)));
    Map<String, String> shown = new LinkedHashMap<>();
    blocks("java").forEach(block -> shown.put(bare(block), block));

    assertThat(only(shown, compiled)).as("in a document, but in no source of " + SOURCES).isEmpty();
    assertThat(only(compiled, shown)).as("in a source, but in no document").isEmpty();
  }

  private static List<String> only(Map<String, String> these, Map<String, String> those) {
    Predicate<String> missing = Predicate.not(those::containsKey);
    return these.keySet().stream().filter(missing).map(these::get).toList();
  }

  @Test
  void configurations_inTheDocuments_areRead() {
    List<String> files = blocks("yaml").filter(yaml -> yaml.startsWith("version: v2")).toList();

    assertThat(files).isNotEmpty();
    files.forEach(
        yaml ->
            assertThatCode(() -> BotConfig.parse(yaml, "a document")).doesNotThrowAnyException());
  }

  @Test
  void roles_inTheDocuments_areAccepted() {
    List<String> roles = blocks("yaml").filter(yaml -> yaml.startsWith("kind: role")).toList();

    assertThat(roles).isNotEmpty();
    try (TestCluster teleport = TestCluster.start()) {
      roles.forEach(role -> assertThat(teleport.createRole(role)).as(role).isEmpty());
    }
  }

  @Test
  void links_betweenTheDocuments_leadSomewhere() {
    List<String> broken = new ArrayList<>();
    for (Path document : documents().toList()) {
      LINK.matcher(text(document))
          .results()
          .map(found -> found.group(1))
          .filter(target -> !Files.exists(document.resolveSibling(target)))
          .forEach(target -> broken.add(ROOT.relativize(document) + " -> " + target));
    }

    assertThat(broken).isEmpty();
  }

  /** Code blocks of a language, in all documents. */
  private static Stream<String> blocks(String language) {
    Pattern block = Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$");
    return documents()
        .flatMap(document -> block.matcher(text(document)).results())
        .map((MatchResult found) -> found.group(1));
  }

  private static Stream<Path> documents() {
    return Stream.concat(
        Stream.of("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md").map(ROOT::resolve),
        files(ROOT.resolve("docs"), ".md"));
  }

  private static Stream<Path> files(Path directory, String end) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(file -> file.toString().endsWith(end)).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Layout does not count. */
  private static String bare(String code) {
    return code.chars()
        .filter(c -> !Character.isWhitespace(c))
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
