package io.machineid;

import org.jspecify.annotations.Nullable;

/**
 * A configuration is wrong: the message names the file, line and key, or the builder's property.
 */
public final class ConfigException extends MachineIdException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message where, what was found, what is allowed
   * @param cause what came before, or null
   */
  public ConfigException(String message, @Nullable Throwable cause) {
    super(Reason.CONFIGURATION, false, message, cause);
  }
}
