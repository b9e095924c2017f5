package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * A column of a printed table.
 *
 * @param name its heading
 * @param type {@code string}, {@code integer}, …
 * @param format {@code name} for the column of names; empty mostly
 * @param description what it is
 * @param priority 0 always, more only in wide output
 * @param cell the value
 */
record Column(
    String name, String type, String format, String description, int priority, Cell cell) {

  static final String NONE = "<none>";

  /** How a cell's value is found. */
  interface Cell {
    JsonNode of(ObjectNode object, Instant now);
  }

  static Column text(String name, String description, Function<ObjectNode, String> cell) {
    return new Column(
        name, "string", "", description, 0, (object, now) -> orNone(cell.apply(object)));
  }

  /** The text at a path. */
  static Column text(String name, String description, String... path) {
    return text(name, description, object -> Json.text(object, path));
  }

  static Column number(String name, String description, ToIntFunction<ObjectNode> cell) {
    return new Column(
        name,
        "integer",
        "",
        description,
        0,
        (object, now) -> IntNode.valueOf(cell.applyAsInt(object)));
  }

  /** The number at a path; 0 where there is none. */
  static Column number(String name, String description, String... path) {
    return number(name, description, object -> Json.at(object, path).asInt(0));
  }

  static Column names() {
    return new Column(
        "Name",
        "string",
        "name",
        "Name must be unique within a namespace.",
        0,
        (object, now) -> TextNode.valueOf(Json.name(object)));
  }

  static Column age() {
    return age("Age", "metadata", "creationTimestamp");
  }

  /** How long ago the time at a path was. */
  static Column age(String name, String... path) {
    return new Column(
        name,
        "string",
        "",
        "How long ago that was.",
        0,
        (object, now) -> TextNode.valueOf(Ages.since(Json.text(object, path), now)));
  }

  /** The same column, in wide output only. */
  Column wide() {
    return new Column(name, type, format, description, 1, cell);
  }

  static TextNode orNone(String text) {
    return TextNode.valueOf(text.isEmpty() ? NONE : text);
  }
}
