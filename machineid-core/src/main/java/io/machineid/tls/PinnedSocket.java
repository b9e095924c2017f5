package io.machineid.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A client socket that keeps its server name; everything else goes to the JDK's socket. */
// the JDK locks these methods for its own fields; here the inner socket does
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
final class PinnedSocket extends SSLSocket {

  private final SSLSocket plain;
  private final PinnedName name;

  /** Pins {@code plain}, which must have been layered with the pinned name as its peer host. */
  PinnedSocket(SSLSocket plain, PinnedName name) {
    this.plain = plain;
    this.name = name;
    plain.setUseClientMode(true);
    plain.setSSLParameters(name.applyTo(plain.getSSLParameters()));
  }

  @Override
  public void setSSLParameters(SSLParameters parameters) {
    plain.setSSLParameters(parameters);
    plain.setSSLParameters(name.applyTo(plain.getSSLParameters()));
  }

  @Override
  public void setUseClientMode(boolean client) {
    if (!client) {
      throw new IllegalArgumentException("a pinned socket is for clients");
    }
  }

  @Override
  public String toString() {
    return "PinnedSocket[" + name.host() + " over " + plain.getRemoteSocketAddress() + "]";
  }

  @Override
  public void startHandshake() throws IOException {
    plain.startHandshake();
  }

  @Override
  public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
    plain.addHandshakeCompletedListener(listener);
  }

  @Override
  public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
    plain.removeHandshakeCompletedListener(listener);
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    plain.connect(endpoint);
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    plain.connect(endpoint, timeout);
  }

  @Override
  public void bind(SocketAddress bindpoint) throws IOException {
    plain.bind(bindpoint);
  }

  @Override
  public @Nullable InetAddress getInetAddress() {
    return plain.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return plain.getLocalAddress();
  }

  @Override
  public int getPort() {
    return plain.getPort();
  }

  @Override
  public int getLocalPort() {
    return plain.getLocalPort();
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return plain.getRemoteSocketAddress();
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return plain.getLocalSocketAddress();
  }

  @Override
  public @Nullable SocketChannel getChannel() {
    return plain.getChannel();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return plain.getInputStream();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return plain.getOutputStream();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    plain.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return plain.getTcpNoDelay();
  }

  @Override
  public void setSoLinger(boolean on, int linger) throws SocketException {
    plain.setSoLinger(on, linger);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return plain.getSoLinger();
  }

  @Override
  public void sendUrgentData(int data) throws IOException {
    plain.sendUrgentData(data);
  }

  @Override
  public void setOOBInline(boolean on) throws SocketException {
    plain.setOOBInline(on);
  }

  @Override
  public boolean getOOBInline() throws SocketException {
    return plain.getOOBInline();
  }

  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    plain.setSoTimeout(timeout);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return plain.getSoTimeout();
  }

  @Override
  public void setSendBufferSize(int size) throws SocketException {
    plain.setSendBufferSize(size);
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return plain.getSendBufferSize();
  }

  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    plain.setReceiveBufferSize(size);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return plain.getReceiveBufferSize();
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    plain.setKeepAlive(on);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return plain.getKeepAlive();
  }

  @Override
  public void setTrafficClass(int trafficClass) throws SocketException {
    plain.setTrafficClass(trafficClass);
  }

  @Override
  public int getTrafficClass() throws SocketException {
    return plain.getTrafficClass();
  }

  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    plain.setReuseAddress(on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return plain.getReuseAddress();
  }

  @Override
  public void close() throws IOException {
    plain.close();
  }

  @Override
  public void shutdownInput() throws IOException {
    plain.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    plain.shutdownOutput();
  }

  @Override
  public boolean isConnected() {
    return plain.isConnected();
  }

  @Override
  public boolean isBound() {
    return plain.isBound();
  }

  @Override
  public boolean isClosed() {
    return plain.isClosed();
  }

  @Override
  public boolean isInputShutdown() {
    return plain.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return plain.isOutputShutdown();
  }

  @Override
  public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
    plain.setPerformancePreferences(connectionTime, latency, bandwidth);
  }

  @Override
  public <T> PinnedSocket setOption(SocketOption<T> option, T value) throws IOException {
    plain.setOption(option, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> option) throws IOException {
    return plain.getOption(option);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return plain.supportedOptions();
  }

  @Override
  public SSLParameters getSSLParameters() {
    return plain.getSSLParameters();
  }

  @Override
  public boolean getUseClientMode() {
    return plain.getUseClientMode();
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    plain.setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return plain.getNeedClientAuth();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    plain.setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return plain.getWantClientAuth();
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    plain.setEnableSessionCreation(flag);
  }

  @Override
  public boolean getEnableSessionCreation() {
    return plain.getEnableSessionCreation();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return plain.getSupportedCipherSuites();
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return plain.getEnabledCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    plain.setEnabledCipherSuites(suites);
  }

  @Override
  public String[] getSupportedProtocols() {
    return plain.getSupportedProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return plain.getEnabledProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    plain.setEnabledProtocols(protocols);
  }

  @Override
  public SSLSession getSession() {
    return plain.getSession();
  }

  @Override
  public @Nullable SSLSession getHandshakeSession() {
    return plain.getHandshakeSession();
  }

  @Override
  public @Nullable String getApplicationProtocol() {
    return plain.getApplicationProtocol();
  }

  @Override
  public @Nullable String getHandshakeApplicationProtocol() {
    return plain.getHandshakeApplicationProtocol();
  }

  @Override
  public void setHandshakeApplicationProtocolSelector(
      @Nullable BiFunction<SSLSocket, List<String>, String> selector) {
    plain.setHandshakeApplicationProtocolSelector(selector);
  }

  @Override
  public @Nullable BiFunction<SSLSocket, List<String>, String>
      getHandshakeApplicationProtocolSelector() {
    return plain.getHandshakeApplicationProtocolSelector();
  }
}
