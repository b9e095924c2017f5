package io.machineid.cli;

/** Makes {@link System.Logger} write plain lines to standard error. */
public final class PlainLoggerFinder extends System.LoggerFinder {

  /** For the service loader. */
  public PlainLoggerFinder() {}

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new PlainLogger(name);
  }
}
