package io.machineid.join;

import io.machineid.JoinException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A TPM did not do what it was told. */
final class TpmRefusal extends Exception {

  private static final long serialVersionUID = 1L;

  /** The command that opens what the cluster has sealed. */
  static final String ACTIVATE = "TPM2_ActivateCredential";

  private static final int HANDLE = 0x08b;
  private static final List<Integer> PASSWORDS = List.of(0x08e, 0x0a2);

  /** Of memory: not for us, not now, never written. */
  private static final List<Integer> UNREADABLE = List.of(0x12f, 0x148, 0x149, 0x14a);

  /** TPMs disagree on the code for that, down to one that stands for a broken TPM. */
  private static final String NOT_FOR_THIS = "what the cluster sealed is not for this TPM";

  /** Codes of the first format stand for any parameter, handle or session. */
  private static final Map<Integer, String> LASTING =
      Map.of(
          0x085, "the hierarchy is switched off: switch it on in the firmware",
          0x08e, "its endorsement hierarchy, or a key, has a password, which is not known here",
          0x0a2, "its endorsement hierarchy, or a key, has a password, which is not known here",
          0x100, "it was not started up",
          0x101, "it has failed, and works again after a restart of the machine at best");

  private static final String NO_ROOM_FOR_KEY =
      "it has no room for another key: others leave theirs in it; use /dev/tpmrm0";

  private static final String NO_ROOM_FOR_SESSION =
      "it has no room for another session: others leave theirs in it; use /dev/tpmrm0";

  /** Of warnings, which all pass. */
  private static final Map<Integer, String> PASSING =
      Map.ofEntries(
          Map.entry(0x902, NO_ROOM_FOR_KEY),
          Map.entry(0x903, NO_ROOM_FOR_SESSION),
          Map.entry(0x904, NO_ROOM_FOR_KEY),
          Map.entry(0x905, NO_ROOM_FOR_SESSION),
          Map.entry(0x906, NO_ROOM_FOR_KEY),
          Map.entry(0x908, "it is busy"),
          Map.entry(0x90a, "it is busy with a test of itself"),
          Map.entry(0x920, "its memory cannot be used for a while"),
          Map.entry(0x921, "it is locked for a while after wrong passwords"),
          Map.entry(0x922, "it is busy"),
          Map.entry(0x923, "its memory cannot be used for a while"));

  private final String command;
  private final int code;

  /**
   * A refusal.
   *
   * @param command its name in the specification
   * @param code the response code
   */
  TpmRefusal(String command, int code) {
    super("%s: 0x%03x".formatted(command, code));
    this.command = command;
    this.code = code;
  }

  /** Whether there is nothing by the number that was given. */
  boolean isOfMissing() {
    return reason() == HANDLE;
  }

  /** Whether it is about what may be read, and not about the TPM as a whole. */
  boolean isOfRights() {
    return PASSWORDS.contains(reason()) || UNREADABLE.contains(reason());
  }

  /** A warning: the same command may do another time. */
  private boolean isPassing() {
    return (code & 0xf80) == 0x900;
  }

  private int reason() {
    return (code & 0x080) != 0 ? code & 0x0bf : code;
  }

  private @Nullable String lasting() {
    return command.equals(ACTIVATE) && !PASSWORDS.contains(reason())
        ? NOT_FOR_THIS
        : LASTING.get(reason());
  }

  /** The error of the join. */
  JoinException toError(String tpm) {
    String what = isPassing() ? PASSING.get(code) : lasting();
    String text =
        "the TPM at %s refused %s with code 0x%03x%s"
            .formatted(tpm, command, code, what == null ? "" : ": " + what);
    return isPassing()
        ? Evidence.passing(TpmJoin.NAME, text, this)
        : Evidence.lasting(TpmJoin.NAME, text);
  }
}
