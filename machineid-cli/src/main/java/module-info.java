/** The command {@code machineid}: a thin shell over the library. */
@SuppressWarnings("requires-automatic")
module io.machineid.cli {
  requires io.machineid.core;
  requires io.machineid.kubernetes;
  requires info.picocli;
  requires jdk.httpserver;
  requires jdk.unsupported;
  requires static org.jspecify;

  opens io.machineid.cli to
      info.picocli;

  provides System.LoggerFinder with
      io.machineid.cli.PlainLoggerFinder;
}
