package io.machineid.internal.lifecycle;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes daemon threads named {@code machineid-<component>-<n>}. */
final class DaemonThreads implements ThreadFactory {

  private final String component;
  private final AtomicInteger count = new AtomicInteger();

  DaemonThreads(String component) {
    this.component = component;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "machineid-" + component + "-" + count.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }
}
