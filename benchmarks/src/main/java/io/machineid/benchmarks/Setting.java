package io.machineid.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where bots of whole processes join. */
interface Setting extends AutoCloseable {

  /** The configuration, in a run's directory. */
  String CONFIGURATION = "tbot.yaml";

  /** Whom to trust beside the system's roots, in a run's directory; may be missing. */
  String ROOTS = "web-ca.crt";

  /** Below it the configuration numbers its outputs from 1, in a run's directory. */
  String OUTPUT = "machine-id";

  /** Prepares an empty directory for one run of a bot that has not joined yet. */
  void prepare(Path directory, int outputs) throws IOException, InterruptedException;

  @Override
  void close();

  /** A fake cluster in this process. */
  static Setting fake() {
    Fake fake = new Fake();
    return new Setting() {
      @Override
      public void prepare(Path directory, int outputs) throws IOException {
        Files.writeString(directory.resolve(ROOTS), fake.cluster().webAuthorityPem());
        Files.writeString(directory.resolve(CONFIGURATION), fake.configuration(directory, outputs));
      }

      @Override
      public void close() {
        fake.close();
      }
    };
  }

  /** Any cluster: a program is called with the directory and a number, and writes the files. */
  static Setting by(Path program) {
    return new Setting() {
      @Override
      public void prepare(Path directory, int outputs) throws IOException, InterruptedException {
        int code =
            new ProcessBuilder(program.toString(), directory.toString(), Integer.toString(outputs))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
          throw new IOException(program + " ended with " + code);
        }
      }

      @Override
      public void close() {}
    };
  }
}
