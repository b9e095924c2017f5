/**
 * Join a Teleport cluster as a bot; hold and renew its identity; issue credentials.
 *
 * <p>{@code okio}, {@code kotlin.stdlib} and {@code com.google.common.util.concurrent.internal} are
 * gRPC's, whose jars do not say what they need.
 */
module io.machineid.core {
  requires io.machineid.wire;
  requires io.grpc;
  requires io.grpc.okhttp;
  requires io.grpc.protobuf;
  requires io.grpc.stub;
  requires com.google.common.util.concurrent.internal;
  requires com.google.protobuf;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires java.net.http;
  requires kotlin.stdlib;
  requires okio;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;
  requires static org.apache.sshd.osgi;
  requires static org.slf4j;
  requires static software.amazon.awssdk.auth;
  requires static software.amazon.awssdk.core;
  requires static software.amazon.awssdk.identity.spi;
  requires static software.amazon.awssdk.regions;
  requires static software.amazon.awssdk.utils;

  exports io.machineid;
  exports io.machineid.config;
  exports io.machineid.destination;
  exports io.machineid.join;
  exports io.machineid.internal.output to
      io.machineid.kubernetes;
  exports io.machineid.internal.pki to
      io.machineid.kubernetes;
  exports io.machineid.internal.transport to
      io.machineid.kubernetes;
  exports io.machineid.internal.warmup to
      io.machineid.cli;
  exports io.machineid.tls to
      io.machineid.kubernetes;
}
