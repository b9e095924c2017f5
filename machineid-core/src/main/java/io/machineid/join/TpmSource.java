package io.machineid.join;

import java.net.SocketAddress;
import java.nio.file.Path;

/**
 * Where the TPM of a join by {@code tpm} comes from. Called for each join, on a thread of its own.
 */
@FunctionalInterface
public interface TpmSource {

  /**
   * Opens the TPM. May block.
   *
   * @return a TPM, which is closed when the join is over
   * @throws Exception when there is none; a {@link io.machineid.MachineIdException} is passed on as
   *     it is
   */
  Tpm open() throws Exception;

  /**
   * The TPM of this machine, by the devices of Linux: {@code /dev/tpmrm0}, or else {@code
   * /dev/tpm0}.
   *
   * @return the source
   */
  static TpmSource device() {
    return TpmDevice::openFirst;
  }

  /**
   * A TPM behind a device of another name.
   *
   * @param file a character device that takes TPM 2.0 commands
   * @return the source
   */
  static TpmSource device(Path file) {
    return () -> TpmDevice.open(file);
  }

  /**
   * A TPM that takes commands over a stream, one after the other and with nothing around them, as
   * software TPMs do ({@code swtpm socket}). It must have been started up ({@code --flags
   * startup-clear}). The connection is not protected: keep it on this machine.
   *
   * @param address a Unix domain socket, or a resolved address on loopback
   * @return the source
   * @throws io.machineid.ConfigException for any other address
   */
  static TpmSource socket(SocketAddress address) {
    TpmSocket.checkOfThisMachine(address);
    return () -> TpmSocket.open(address, TpmSocket.SILENCE);
  }
}
