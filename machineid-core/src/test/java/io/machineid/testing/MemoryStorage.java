package io.machineid.testing;

import io.machineid.destination.Destination;
import io.machineid.destination.FileSet;
import java.util.List;
import java.util.Optional;

/** A storage in memory; tests have it fail by overriding. */
public abstract class MemoryStorage implements Destination {

  private final Destination inner = Destination.memory();

  @Override
  public String describe() {
    return "a storage for a test";
  }

  @Override
  public void prepare() {
    inner.prepare();
  }

  @Override
  public void write(FileSet files) {
    inner.write(files);
  }

  @Override
  public Optional<byte[]> read(String name) {
    return inner.read(name);
  }

  @Override
  public List<String> list() {
    return inner.list();
  }

  @Override
  public Lock lock() {
    return inner.lock();
  }
}
