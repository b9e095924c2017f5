package io.machineid.cli;

import io.machineid.Bot;

/**
 * An output, and how it fares.
 *
 * @param output what is written
 * @param service is told how each try went
 */
record Written(OutputWriter output, Service service) {

  /** See {@link OutputWriter#open}. */
  OutputWriter.Open open(Bot bot) {
    try {
      return output.open(bot);
    } catch (RuntimeException e) {
      service.failed(CommandLines.oneLine(e.getMessage()));
      throw e;
    }
  }

  /** See {@link OutputWriter#check}. */
  void check(Bot bot) {
    output.check(bot);
  }

  /** See {@link OutputWriter#looksAgain}. */
  boolean looksAgain() {
    return output.looksAgain();
  }

  /** See {@link OutputWriter.Open#refresh}. */
  void refresh(OutputWriter.Open open) {
    try {
      open.refresh();
    } catch (RuntimeException e) {
      service.failed(CommandLines.oneLine(e.getMessage()));
      throw e;
    }
  }

  /** See {@link OutputWriter.Open#write}. */
  void write(OutputWriter.Open open) {
    try {
      open.write();
      service.done(open.notAfter());
      open.problem().ifPresent(service::failed);
    } catch (RuntimeException e) {
      service.failed(CommandLines.oneLine(e.getMessage()));
      throw e;
    }
  }

  String describe() {
    return output.describe();
  }
}
