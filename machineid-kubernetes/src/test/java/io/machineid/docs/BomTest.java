package io.machineid.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Who imports the BOM gets our versions of what other libraries bring along in older ones. */
class BomTest {

  @Test
  void bom_managesWhatOthersBring_inOurVersions_andNothingElse() throws Exception {
    Document bom = pom("machineid-bom");
    NodeList properties =
        ((Element) bom.getElementsByTagName("properties").item(0)).getElementsByTagName("*");

    assertThat(texts(bom, "artifactId"))
        .contains("protobuf-java", "grpc-bom", "okio-jvm", "bcprov-jdk18on")
        .noneMatch(name -> name.contains("junit"));
    assertThat(texts(bom, "parent")).as("what a parent manages is imported, too").isEmpty();
    assertThat(properties.getLength()).isPositive();
    for (int i = 0; i < properties.getLength(); i++) {
      String name = properties.item(i).getNodeName();
      assertThat(texts(bom, name)).as(name).isEqualTo(texts(pom("."), name));
    }
  }

  /** Without a parent, a version that is not named is that of whichever Maven builds it. */
  @Test
  void plugins_haveTheVersionsOfTheParentOfAllOtherModules() throws Exception {
    Map<String, String> ours = plugins(pom("machineid-bom"));

    assertThat(ours).containsKeys("maven-clean-plugin", "maven-deploy-plugin");
    assertThat(plugins(pom("."))).containsAllEntriesOf(ours);
  }

  private static Map<String, String> plugins(Document pom) {
    NodeList found = pom.getElementsByTagName("plugin");
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> ((Element) found.item(i)))
        .filter(plugin -> plugin.getElementsByTagName("version").getLength() > 0)
        .collect(
            Collectors.toMap(
                plugin -> text(plugin, "artifactId"), plugin -> text(plugin, "version")));
  }

  private static String text(Element parent, String tag) {
    return parent.getElementsByTagName(tag).item(0).getTextContent();
  }

  private static Document pom(String module) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(Path.of("..", module, "pom.xml").toFile());
  }

  private static List<String> texts(Document pom, String tag) {
    NodeList found = pom.getElementsByTagName(tag);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> found.item(i).getTextContent())
        .toList();
  }
}
