package io.machineid.kubernetes.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;
import okio.Sink;
import okio.Socket;
import okio.Source;

/**
 * OkHttp's form of a stream that says why it was cut: a watch ends after a line, all else fails
 * with the reason in place of what the connection has to say.
 */
final class CuttableSource extends ForwardingSource {

  private final OpenCalls.Call call;
  private final boolean lines;
  private final EventLines events = new EventLines();

  private CuttableSource(Source source, OpenCalls.Call call, boolean lines) {
    super(source);
    this.call = call;
    this.lines = lines;
  }

  /** The same answer, with a body or a WebSocket that ends in good order when its call is cut. */
  static Response of(Response response, OpenCalls.Call call) {
    Socket upgraded = response.socket();
    if (upgraded != null) {
      Source source = new CuttableSource(upgraded.getSource(), call, false);
      return response.newBuilder().socket(new Upgraded(upgraded, source)).build();
    }
    ResponseBody body = response.body();
    boolean lines =
        Streams.mayEndAfterALine(
            response.request().url().encodedQuery(), response.header("Content-Type"));
    Source source = new CuttableSource(body.source(), call, lines);
    return response
        .newBuilder()
        .body(ResponseBody.create(Okio.buffer(source), body.contentType(), body.contentLength()))
        .build();
  }

  @Override
  public long read(Buffer sink, long byteCount) throws IOException {
    try {
      return lines ? readEvents(sink, byteCount) : super.read(sink, byteCount);
    } catch (IOException e) {
      IOException why = call.cutBy();
      if (why == null) {
        throw e;
      }
      if (lines && !events.isOpen()) {
        return -1;
      }
      throw new IOException(why.getMessage(), e);
    }
  }

  private long readEvents(Buffer sink, long byteCount) throws IOException {
    Buffer part = new Buffer();
    while (super.read(part, byteCount) >= 0) {
      int count = sink.write(events.read(ByteBuffer.wrap(part.readByteArray())));
      if (count > 0) {
        return count;
      }
    }
    return -1;
  }

  /** A connection after its upgrade. */
  private record Upgraded(Socket socket, Source source) implements Socket {
    @Override
    public Source getSource() {
      return source;
    }

    @Override
    public Sink getSink() {
      return socket.getSink();
    }

    @Override
    public void cancel() {
      socket.cancel();
    }
  }
}
