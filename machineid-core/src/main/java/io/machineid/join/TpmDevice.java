package io.machineid.join;

import io.machineid.JoinException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The devices behind which Linux has a TPM. */
final class TpmDevice {

  /** The first is managed by the kernel, so that several programs may use it at a time. */
  private static final List<Path> USUAL = List.of(Path.of("/dev/tpmrm0"), Path.of("/dev/tpm0"));

  private TpmDevice() {}

  static Tpm openFirst() {
    return openFirst(USUAL);
  }

  static Tpm openFirst(List<Path> devices) {
    return open(
        devices.stream()
            .filter(Files::exists)
            .findFirst()
            .orElseThrow(
                () ->
                    Evidence.lasting(
                        TpmJoin.NAME,
                        "this machine has no TPM 2.0 that can be seen: neither of %s exists. Switch it on in the firmware, or give the container the device /dev/tpmrm0"
                            .formatted(devices))));
  }

  static Tpm open(Path device) {
    try {
      return new TpmChip(
          new TpmLink(
              FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE),
              device.toString()));
    } catch (IOException e) {
      throw notOpened(device, e);
    }
  }

  static JoinException notOpened(Path device, IOException e) {
    if (e instanceof NoSuchFileException) {
      return Evidence.lasting(
          TpmJoin.NAME, "there is no TPM at %s: the device does not exist".formatted(device));
    }
    if (e instanceof AccessDeniedException) {
      return Evidence.lasting(
          TpmJoin.NAME,
          "the TPM at %s may not be used by this process. Put its user into the group that owns the device: on most systems `tss`, for /dev/tpmrm0"
              .formatted(device));
    }
    return Evidence.passing(
        TpmJoin.NAME,
        "the TPM at %s cannot be opened: %s. Another program may hold it; /dev/tpmrm0 is for several at a time"
            .formatted(device, e),
        e);
  }
}
