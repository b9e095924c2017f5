package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Turns objects into the tables that {@code kubectl get} shows. */
final class TablePrinter {

  /** What a row carries besides its cells. */
  enum RowObject {
    NONE,
    METADATA,
    OBJECT;

    static RowObject of(String includeObject) {
      return switch (includeObject) {
        case "None" -> NONE;
        case "Object" -> OBJECT;
        default -> METADATA;
      };
    }
  }

  /** Where the columns of a kind come from. */
  interface ColumnSource {
    List<Column> columns(Target target);
  }

  private final ColumnSource source;
  private final InstantSource clock;

  TablePrinter(ColumnSource source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
  }

  /** A table of these objects; without the column definitions where the reader has them. */
  ObjectNode print(
      Target target, String apiVersion, Iterable<ObjectNode> objects, Options options) {
    ObjectNode table = Json.object().put("kind", "Table").put("apiVersion", apiVersion);
    table.putObject("metadata");
    List<Column> columns = source.columns(target);
    ArrayNode definitions = table.putArray("columnDefinitions");
    if (options.headers) {
      columns.forEach(column -> definitions.add(definition(column)));
    }
    ArrayNode rows = table.putArray("rows");
    Instant now = clock.instant();
    for (ObjectNode object : objects) {
      ObjectNode row = rows.addObject();
      ArrayNode cells = row.putArray("cells");
      columns.forEach(column -> cells.add(column.cell().of(object, now)));
      carry(row, object, options.rows, apiVersion);
    }
    return table;
  }

  /**
   * What a table holds.
   *
   * @param rows what each row carries
   * @param headers whether the columns are described
   */
  record Options(RowObject rows, boolean headers) {}

  /** The metadata of an object as an object of its own. */
  static ObjectNode metadataOnly(ObjectNode object, String apiVersion) {
    ObjectNode partial =
        Json.object().put("kind", "PartialObjectMetadata").put("apiVersion", apiVersion);
    partial.set("metadata", object.path("metadata"));
    return partial;
  }

  private static void carry(ObjectNode row, ObjectNode object, RowObject what, String apiVersion) {
    switch (what) {
      case NONE -> row.putNull("object");
      case METADATA -> row.set("object", metadataOnly(object, apiVersion));
      case OBJECT -> row.set("object", object);
    }
  }

  private static ObjectNode definition(Column column) {
    return Json.object()
        .put("name", column.name())
        .put("type", column.type())
        .put("format", column.format())
        .put("description", column.description())
        .put("priority", column.priority());
  }
}
