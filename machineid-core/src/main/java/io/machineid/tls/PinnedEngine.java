package io.machineid.tls;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A client engine that keeps its server name; everything else goes to the JDK's engine. */
final class PinnedEngine extends SSLEngine {

  private final SSLEngine plain;
  private final PinnedName name;
  private final BooleanSupplier open;

  /** Pins {@code plain}, which must have been made with the pinned name as its peer host. */
  PinnedEngine(SSLEngine plain, PinnedName name, BooleanSupplier open) {
    super(plain.getPeerHost(), plain.getPeerPort());
    this.open = open;
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
      throw new IllegalArgumentException("a pinned engine is for clients");
    }
  }

  @Override
  public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target)
      throws SSLException {
    checkOpen();
    return plain.wrap(sources, offset, length, target);
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length)
      throws SSLException {
    checkOpen();
    return plain.unwrap(source, targets, offset, length);
  }

  private void checkOpen() throws SSLException {
    if (!open.getAsBoolean()) {
      throw new SSLException("this connection's certificate is no longer in use");
    }
  }

  @Override
  public @Nullable Runnable getDelegatedTask() {
    return plain.getDelegatedTask();
  }

  @Override
  public void closeInbound() throws SSLException {
    plain.closeInbound();
  }

  @Override
  public boolean isInboundDone() {
    return plain.isInboundDone();
  }

  @Override
  public void closeOutbound() {
    plain.closeOutbound();
  }

  @Override
  public boolean isOutboundDone() {
    return plain.isOutboundDone();
  }

  @Override
  public void beginHandshake() throws SSLException {
    plain.beginHandshake();
  }

  @Override
  public HandshakeStatus getHandshakeStatus() {
    return plain.getHandshakeStatus();
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
      @Nullable BiFunction<SSLEngine, List<String>, String> selector) {
    plain.setHandshakeApplicationProtocolSelector(selector);
  }

  @Override
  public @Nullable BiFunction<SSLEngine, List<String>, String>
      getHandshakeApplicationProtocolSelector() {
    return plain.getHandshakeApplicationProtocolSelector();
  }
}
