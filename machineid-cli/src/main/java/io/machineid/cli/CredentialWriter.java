package io.machineid.cli;

import io.machineid.LiveCredential;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;

/** An output with one credential. */
abstract class CredentialWriter implements OutputWriter.Open {

  private static final Logger LOG = System.getLogger("io.machineid.cli");

  private final String description;

  CredentialWriter(String description) {
    this.description = description;
  }

  abstract LiveCredential credential();

  abstract void writeFiles();

  @Override
  public void onChange(Runnable listener) {
    credential().onRotation(rotated -> listener.run());
  }

  @Override
  public Instant notAfter() {
    return credential().current().notAfter();
  }

  @Override
  public void write() {
    writeFiles();
    LOG.log(Level.INFO, "wrote {0}, valid until {1}", description, notAfter());
  }
}
