package io.machineid.testkit.internal.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.machineid.testkit.internal.kubernetes.ProtobufSchema.Field;
import io.machineid.testkit.internal.kubernetes.ProtobufSchema.Shape;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/**
 * Reads Kubernetes objects in their binary form, which newer kubectl sends, into JSON. The form
 * writes out zero values that JSON leaves away; they are dropped, except where zero says something.
 */
final class ProtobufReader {

  private static final byte[] MAGIC = {'k', '8', 's', 0};
  private static final int DEEPEST = 60;
  private static final Set<String> INLINE =
      Set.of(
          "localObjectReference",
          "volumeSource",
          "handler",
          "ephemeralContainerCommon",
          "persistentVolumeSource");
  private static final Set<String> ZERO_COUNTS =
      Set.of(
          "replicas",
          "minReplicas",
          "parallelism",
          "completions",
          "backoffLimit",
          "optional",
          "immutable",
          "automountServiceAccountToken",
          "suspend",
          "activeDeadlineSeconds",
          "ttlSecondsAfterFinished",
          "terminationGracePeriodSeconds",
          "gracePeriodSeconds",
          "runAsUser",
          "runAsGroup",
          "runAsNonRoot",
          "fsGroup",
          "privileged",
          "allowPrivilegeEscalation",
          "readOnlyRootFilesystem",
          "defaultMode",
          "tolerationSeconds",
          "partition",
          "revisionHistoryLimit",
          "successfulJobsHistoryLimit",
          "failedJobsHistoryLimit",
          "orphanDependents",
          "value");

  private final ProtobufSchema schema;

  ProtobufReader(ProtobufSchema schema) {
    this.schema = schema;
  }

  /**
   * The object in these bytes.
   *
   * @throws IOException where they are not one
   */
  ObjectNode read(byte[] bytes) throws IOException {
    if (bytes.length < MAGIC.length || !Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
      throw new IOException("no Kubernetes object");
    }
    CodedInputStream in =
        CodedInputStream.newInstance(bytes, MAGIC.length, bytes.length - MAGIC.length);
    String apiVersion = "";
    String kind = "";
    byte[] raw = {};
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> {
          String[] type = strings(in.readByteArray());
          apiVersion = type[0];
          kind = type[1];
        }
        case 2 -> raw = in.readByteArray();
        default -> in.skipField(tag);
      }
    }
    ObjectNode object = Json.object().put("apiVersion", apiVersion).put("kind", kind);
    message(object, raw, ProtobufSchema.messageOf(apiVersion, kind), 0);
    return object;
  }

  private void message(ObjectNode object, byte[] bytes, String type, int depth) throws IOException {
    Map<Integer, Field> fields = schema.message(type);
    if (fields == null || depth > DEEPEST) {
      throw new IOException("cannot read a message of type " + type);
    }
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      Field field = fields.get(WireFormat.getTagFieldNumber(tag));
      if (field == null) {
        in.skipField(tag);
      } else {
        field(object, field, in, depth);
      }
    }
  }

  private void field(ObjectNode object, Field field, CodedInputStream in, int depth)
      throws IOException {
    if (field.shape() == Shape.MAP) {
      entry(Json.child(object, field.name()), field, in.readByteArray(), depth);
    } else if (field.shape() == Shape.LIST) {
      object.withArray("/" + field.name()).add(value(field.type(), in, depth));
    } else if (INLINE.contains(field.name())) {
      message(object, in.readByteArray(), field.type(), depth + 1);
    } else {
      JsonNode value = value(field.type(), in, depth);
      if (!empty(value) || ZERO_COUNTS.contains(field.name())) {
        object.set(field.name(), value);
      }
    }
  }

  private static boolean empty(JsonNode value) {
    return value.isMissingNode()
        || (value.isTextual() && value.asText().isEmpty())
        || (value.isBoolean() && !value.asBoolean())
        || (value.isNumber() && value.asDouble() == 0);
  }

  private void entry(ObjectNode map, Field field, byte[] bytes, int depth) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    String key = "";
    JsonNode value = field.type().equals("string") ? TextNode.valueOf("") : Json.object();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> key = in.readString();
        case 2 -> value = value(field.type(), in, depth);
        default -> in.skipField(tag);
      }
    }
    map.set(key, value);
  }

  private JsonNode value(String type, CodedInputStream in, int depth) throws IOException {
    return switch (type) {
      case "string" -> TextNode.valueOf(in.readString());
      case "bytes" -> TextNode.valueOf(Base64.getEncoder().encodeToString(in.readByteArray()));
      case "bool" -> BooleanNode.valueOf(in.readBool());
      case "int" -> LongNode.valueOf(in.readInt64());
      case "double" -> DoubleNode.valueOf(in.readDouble());
      default -> object(type, in.readByteArray(), depth);
    };
  }

  private JsonNode object(String type, byte[] bytes, int depth) throws IOException {
    return switch (type) {
      case "meta.v1.Time", "meta.v1.MicroTime" -> time(bytes);
      case "api.resource.Quantity" -> TextNode.valueOf(strings(bytes)[0]);
      case "util.intstr.IntOrString" -> intOrString(bytes);
      case "meta.v1.FieldsV1", "runtime.RawExtension" -> embedded(bytes);
      case "authorization.v1.ExtraValue",
          "authentication.v1.ExtraValue",
          "certificates.v1.ExtraValue" -> {
        ObjectNode holder = Json.object();
        message(holder, bytes, type, depth + 1);
        yield holder.path("items");
      }
      default -> {
        ObjectNode object = Json.object();
        message(object, bytes, type, depth + 1);
        yield object;
      }
    };
  }

  private static JsonNode time(byte[] bytes) throws IOException {
    long[] numbers = numbers(bytes);
    return bytes.length == 0
        ? MissingNode.getInstance()
        : TextNode.valueOf(Instant.ofEpochSecond(numbers[1], numbers[2]).toString());
  }

  private static JsonNode intOrString(byte[] bytes) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    long type = 0;
    long number = 0;
    String text = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> type = in.readInt64();
        case 2 -> number = in.readInt64();
        case 3 -> text = in.readString();
        default -> in.skipField(tag);
      }
    }
    return type == 0 ? LongNode.valueOf(number) : TextNode.valueOf(text);
  }

  private static JsonNode embedded(byte[] bytes) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    JsonNode value = MissingNode.getInstance();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == 1) {
        value = Json.readJson(in.readByteArray());
      } else {
        in.skipField(tag);
      }
    }
    return value;
  }

  /** The strings in fields 1 and 2. */
  private static String[] strings(byte[] bytes) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    String[] strings = {"", ""};
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      if (number == 1 || number == 2) {
        strings[number - 1] = in.readString();
      } else {
        in.skipField(tag);
      }
    }
    return strings;
  }

  /** The numbers in fields 1 and 2, at these places. */
  private static long[] numbers(byte[] bytes) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    long[] numbers = new long[3];
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int number = WireFormat.getTagFieldNumber(tag);
      if (number == 1 || number == 2) {
        numbers[number] = in.readInt64();
      } else {
        in.skipField(tag);
      }
    }
    return numbers;
  }
}
