package io.machineid.config;

import io.machineid.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Brings the text of a configuration file in, bounded and as strict UTF-8. */
final class ConfigFile {

  private static final int MAX_BYTES = 1024 * 1024;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private ConfigFile() {}

  static String text(Path file) {
    byte[] bytes = bytes(file);
    if (bytes.length > MAX_BYTES) {
      throw tooLarge(file.toString());
    }
    return printable(withoutMark(decode(bytes, file.toString())), file.toString());
  }

  static String checkSize(String yaml, String source) {
    if (yaml.length() > MAX_BYTES) {
      throw tooLarge(source);
    }
    return printable(withoutMark(yaml), source);
  }

  private static ConfigException tooLarge(String source) {
    return new ConfigException(
        source + ": larger than 1 MiB; this is no configuration of a bot", null);
  }

  private static String withoutMark(String text) {
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  /** The parser refuses these too, but does not know where they are. */
  private static String printable(String text, String source) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) && "\t\n\r\u0085".indexOf(c) < 0) {
        throw mark(source, text.substring(0, i))
            .error("not YAML: the control character U+%04X is not allowed".formatted((int) c));
      }
    }
    return text;
  }

  /** The place behind a text. */
  private static Mark mark(String source, String before) {
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    return new Mark(source, line, before.length() - before.lastIndexOf('\n'));
  }

  private static byte[] bytes(Path file) {
    if (Files.isDirectory(file)) {
      throw new ConfigException(file + ": is a directory; give the configuration file", null);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new ConfigException(file + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new ConfigException(
          file + ": user " + System.getProperty("user.name") + " may not read this file", e);
    } catch (IOException e) {
      throw new ConfigException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String decode(byte[] bytes, String source) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      throw mark(source, text).error("not UTF-8; save the file as UTF-8");
    }
    return text;
  }
}
