package io.machineid.internal.transport;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactory;

/** Has the SSH library connect to one address, whatever it asks for. */
final class LedElsewhere extends Nio2ServiceFactory {

  private final InetSocketAddress address;

  LedElsewhere(FactoryManager manager, InetSocketAddress address) {
    super(manager, null, null);
    this.address = address;
  }

  @Override
  public IoConnector createConnector(IoHandler handler) {
    IoConnector usual = super.createConnector(handler);
    return (IoConnector)
        Proxy.newProxyInstance(
            IoConnector.class.getClassLoader(),
            new Class<?>[] {IoConnector.class},
            (self, method, arguments) -> {
              if (method.getName().equals("connect")) {
                arguments[0] = address;
              }
              try {
                return method.invoke(usual, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            });
  }
}
