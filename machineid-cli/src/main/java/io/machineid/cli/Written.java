package io.machineid.cli;

import io.machineid.Bot;
import io.machineid.kubernetes.KubernetesAccess;

/**
 * An output, and how it fares.
 *
 * @param output what is written
 * @param service is told how each try went
 */
record Written(OutputWriter output, Service service) {

  /** See {@link OutputWriter#open}. */
  KubernetesAccess open(Bot bot) {
    try {
      return output.open(bot);
    } catch (RuntimeException e) {
      service.failed(CommandLines.oneLine(e.getMessage()));
      throw e;
    }
  }

  /** See {@link OutputWriter#write}. */
  void write(Bot bot, KubernetesAccess access) {
    try {
      output.write(bot, access);
      service.done(access.credential().current().notAfter());
    } catch (RuntimeException e) {
      service.failed(CommandLines.oneLine(e.getMessage()));
      throw e;
    }
  }

  String describe() {
    return output.describe();
  }
}
