package io.machineid.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.NodeList;

/** Who imports the BOM gets our versions of what other libraries bring along in older ones. */
class BomTest {

  @Test
  void bom_managesWhatOthersBring() throws Exception {
    NodeList names =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("..", "machineid-bom", "pom.xml").toFile())
            .getElementsByTagName("artifactId");
    Set<String> managed = new LinkedHashSet<>();
    for (int i = 0; i < names.getLength(); i++) {
      managed.add(names.item(i).getTextContent());
    }

    assertThat(managed).contains("protobuf-java", "grpc-bom", "okio-jvm");
  }
}
