package io.machineid.internal.transport;

import java.net.InetSocketAddress;
import java.net.Proxy;

/** An HTTP proxy that is itself spoken to by TLS, which {@link Proxy} has no type for. */
final class SecureProxy extends Proxy {

  SecureProxy(InetSocketAddress address) {
    super(Type.HTTP, address);
  }

  /** Whether HTTP clients of others do not know how to go through a proxy. */
  static boolean isForeign(Proxy proxy) {
    return proxy.type() == Type.SOCKS || proxy instanceof SecureProxy;
  }

  @Override
  public String toString() {
    return "HTTPS @ " + address();
  }
}
