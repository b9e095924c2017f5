package io.machineid.destination;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.List;
import java.util.Locale;

/** Somebody who is to be let in, and whom the system does not know. */
final class UnknownReaderException extends IOException {

  private static final long serialVersionUID = 1;

  private UnknownReaderException(AccessList.Reader reader, IOException refused) {
    super(
        "there is no %s \"%s\" on this machine"
            .formatted(reader.kind().name().toLowerCase(Locale.ROOT), reader.name()),
        refused);
  }

  /**
   * Finds out whether that is why a list was refused: {@code setfacl} says as little of it as
   * "Invalid argument near character 30".
   *
   * @throws UnknownReaderException naming the first who is not known
   */
  static void check(List<AccessList.Reader> readers, IOException refused)
      throws UnknownReaderException {
    for (AccessList.Reader reader : readers) {
      if (!isKnown(reader)) {
        throw new UnknownReaderException(reader, refused);
      }
    }
  }

  /** Numbers are known, whether anybody has them or not. */
  private static boolean isKnown(AccessList.Reader reader) {
    if (reader.name().matches("[0-9]+")) {
      return true;
    }
    UserPrincipalLookupService names = FileSystems.getDefault().getUserPrincipalLookupService();
    try {
      if (reader.kind() == AccessList.Kind.USER) {
        names.lookupPrincipalByName(reader.name());
      } else {
        names.lookupPrincipalByGroupName(reader.name());
      }
      return true;
    } catch (UserPrincipalNotFoundException e) {
      return false;
    } catch (IOException | UnsupportedOperationException e) {
      return true; // nothing is known about it
    }
  }
}
