package io.machineid.kubernetes.internal;

import java.io.IOException;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;

/** OkHttp's form of a watch that ends after a line when its call is cut. */
final class CuttableLines extends ForwardingSource {

  private final OpenCalls.Call call;
  private boolean lineOpen;

  private CuttableLines(ResponseBody body, OpenCalls.Call call) {
    super(body.source());
    this.call = call;
  }

  /** The same answer, with a body that ends after a line where that is as good as an error. */
  static Response of(Response response, OpenCalls.Call call) {
    ResponseBody body = response.body();
    String query = response.request().url().encodedQuery();
    if (!Streams.mayEndAfterALine(query, response.header("Content-Type"))) {
      return response;
    }
    return response
        .newBuilder()
        .body(
            ResponseBody.create(
                Okio.buffer(new CuttableLines(body, call)),
                body.contentType(),
                body.contentLength()))
        .build();
  }

  @Override
  public long read(Buffer sink, long byteCount) throws IOException {
    try {
      long count = super.read(sink, byteCount);
      if (count > 0) {
        lineOpen = sink.getByte(sink.size() - 1) != '\n';
      }
      return count;
    } catch (IOException e) {
      if (call.cutBy() != null && !lineOpen) {
        return -1;
      }
      throw e;
    }
  }
}
