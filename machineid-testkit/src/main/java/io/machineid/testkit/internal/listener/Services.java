package io.machineid.testkit.internal.listener;

import io.machineid.testkit.internal.state.Connection;
import io.machineid.testkit.internal.state.Connection.Service;
import io.netty.channel.ChannelPipeline;
import java.util.Map;

/** Who answers after the handshake. */
final class Services {

  private final Map<Service, Installer> installers;

  Services(Map<Service, Installer> installers) {
    this.installers = Map.copyOf(installers);
  }

  /** Adds a service's handlers to the end of a pipeline. */
  interface Installer {

    /** Called on the channel's own thread, once, right after the handshake. */
    void install(ChannelPipeline pipeline, Connection connection);
  }

  void install(ChannelPipeline pipeline, Connection connection) {
    Installer installer = installers.get(connection.service());
    if (installer == null) {
      Channels.close(pipeline);
    } else {
      installer.install(pipeline, connection);
    }
  }
}
