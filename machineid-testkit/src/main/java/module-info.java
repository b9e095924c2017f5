/** A Teleport cluster for tests, in this process: the protocol is real, the cluster is not. */
module io.machineid.testkit {
  requires io.machineid.wire;
  requires io.grpc;
  requires io.grpc.netty;
  requires io.grpc.protobuf;
  requires io.grpc.stub;
  requires com.google.protobuf;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires java.net.http;
  requires jdk.httpserver;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires zjsonpatch;
  requires static org.apache.sshd.osgi;
  requires static org.slf4j;
  requires static transitive org.jspecify;
  requires static org.junit.jupiter.api;

  exports io.machineid.testkit;
}
