/**
 * The wire contracts of Teleport that machineid and its test kit share: generated code, not an API.
 */
module io.machineid.wire {
  requires transitive com.google.protobuf;
  requires transitive io.grpc;
  requires transitive io.grpc.protobuf;
  requires transitive io.grpc.stub;
  requires com.google.common;

  exports io.machineid.wire.auth to
      io.machineid.core,
      io.machineid.testkit;
  exports io.machineid.wire.join to
      io.machineid.core,
      io.machineid.testkit;
  exports io.machineid.wire.joinv1 to
      io.machineid.core,
      io.machineid.testkit;
  exports io.machineid.wire.machineid to
      io.machineid.core,
      io.machineid.testkit;
  exports io.machineid.wire.presence to
      io.machineid.core,
      io.machineid.testkit;
  exports io.machineid.wire.trust to
      io.machineid.core,
      io.machineid.testkit;
  exports io.machineid.wire.types to
      io.machineid.core,
      io.machineid.testkit;
  exports io.machineid.wire.wrappers to
      io.machineid.core,
      io.machineid.testkit;
}
