package io.machineid.internal.auth;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.machineid.internal.discovery.Versions;
import java.util.Optional;

/**
 * Which Teleport an auth service is: it says so with each answer, a refusal included. Thread-safe.
 */
final class ServerVersion implements ClientInterceptor {

  private static final Metadata.Key<String> VERSION =
      Metadata.Key.of("version", Metadata.ASCII_STRING_MARSHALLER);

  private volatile Optional<Integer> major = Optional.empty();

  /** The first number, as far as it is known. */
  Optional<Integer> major() {
    return major;
  }

  /** What others have heard, for as long as it has said nothing itself. */
  void presume(Optional<Integer> heard) {
    if (major.isEmpty()) {
      major = heard;
    }
  }

  private void told(Metadata headers) {
    String version = headers.get(VERSION);
    if (version != null) {
      Versions.major(version).ifPresent(number -> major = Optional.of(number));
    }
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onHeaders(Metadata answered) {
                told(answered);
                super.onHeaders(answered);
              }

              @Override
              public void onClose(Status status, Metadata trailers) {
                told(trailers);
                super.onClose(status, trailers);
              }
            },
            headers);
      }
    };
  }
}
