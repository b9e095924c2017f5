package io.machineid.testkit.internal.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceRequestTest {

  @ParameterizedTest
  @CsvSource({
    // method, path, query; group, resource, namespace, name, subresource, verb
    "GET,/api/v1/pods,,'',pods,'','','',list",
    "GET,/api/v1/namespaces/a/pods,limit=5,'',pods,a,'','',list",
    "GET,/api/v1/namespaces/a/pods,watch=1,'',pods,a,'','',watch",
    "GET,/api/v1/watch/namespaces/a/pods,,'',pods,a,'','',watch",
    "GET,/api/v1/namespaces/a/pods/p,,'',pods,a,p,'',get",
    "HEAD,/api/v1/namespaces/a/pods/p,,'',pods,a,p,'',get",
    "GET,/api/v1/namespaces/a/pods/p/log,,'',pods,a,p,log,get",
    "GET,/api/v1/namespaces/a/pods/p/exec,,'',pods,a,p,exec,exec",
    "POST,/api/v1/namespaces/a/pods/p/attach,,'',pods,a,p,attach,exec",
    "POST,/api/v1/namespaces/a/pods/p/portforward,,'',pods,a,p,portforward,portforward",
    "GET,/api/v1/namespaces,,'',namespaces,'','','',list",
    "GET,/api/v1/namespaces/a,,'',namespaces,'',a,'',get",
    "PUT,/api/v1/namespaces/a/finalize,,'',namespaces,'',a,finalize,update",
    "PATCH,/apis/apps/v1/namespaces/a/deployments/d,,apps,deployments,a,d,'',patch",
    "DELETE,/apis/apps/v1/namespaces/a/deployments,,apps,deployments,a,'','',deletecollection",
    "DELETE,/api/v1/nodes/n%2F1,,'',nodes,'',n/1,'',delete",
    "POST,//api/v1//nodes,,'',nodes,'','','',create",
  })
  void path_saysWhatItIsAbout(
      String method,
      String path,
      String query,
      String group,
      String resource,
      String namespace,
      String name,
      String subresource,
      String verb) {
    assertThat(ResourceRequest.of(request(method, path, query == null ? "" : query)))
        .contains(new ResourceRequest(group, resource, namespace, name, subresource, verb));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/version",
        "/api",
        "/api/v1",
        "/apis",
        "/apis/apps",
        "/apis/apps/v1",
        "/healthz/x/y"
      })
  void path_aboutNoResource_isEmpty(String path) {
    assertThat(ResourceRequest.of(request("GET", path, ""))).isEmpty();
  }

  private static ClientRequest request(String method, String path, String query) {
    return new ClientRequest(
        method,
        path,
        query,
        Headers.of(Map.of()),
        new byte[0],
        "HTTP/1.1",
        new ClientRequest.Origin("127.0.0.1", "localhost", 1));
  }
}
