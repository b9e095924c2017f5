package io.machineid.internal.diagnosis;

import java.util.List;
import java.util.regex.Pattern;

/** What others say of themselves, unverified, made fit for a terminal. */
final class Printable {

  private static final int LONGEST_TEXT = 4000;
  private static final int LONGEST_NAMES = 200;

  /** Control and format characters, and those that end a line. */
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

  private Printable() {}

  /** One line without control characters, of bounded length. */
  static String text(String said) {
    return cut(UNSEEN.matcher(said.replaceAll("\\R", " ")).replaceAll("?"), LONGEST_TEXT);
  }

  /** The names of a certificate, which may be many and long. */
  static String names(List<String> names) {
    return names.isEmpty() ? "no name" : cut(String.join(", ", names), LONGEST_NAMES);
  }

  /** A name of a certificate. */
  static String name(String name) {
    return cut(name, LONGEST_NAMES);
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }
}
