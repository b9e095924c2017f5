package io.machineid.testkit.internal.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesAccessTest {

  private static final Map<String, String> LABELS = Map.of("env", "dev", "region", "eu-1");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'*': '*'} | true",
        "{env: dev} | true",
        "{env: [prod, dev]} | true",
        "{env: 'd*'} | true",
        "{region: '^eu-[0-9]+$'} | true",
        "{env: dev, region: us} | false",
        "{team: '*'} | false",
        "{'*': dev} | false",
        "{} | false",
      })
  void cluster_isVisible_whenAllLabelsMatch(String labels, boolean visible) {
    String text = role("v7", "kubernetes_labels: " + labels, "");

    assertThat(access(text).visible()).isEqualTo(visible);
  }

  @Test
  void cluster_deniedByLabels_isNotVisible() {
    String allowing = role("v7", "kubernetes_labels: {'*': '*'}", "");
    String denying = role("v7", "", "kubernetes_labels: {env: dev}");

    assertThat(access(allowing, denying).visible()).isFalse();
    assertThat(access(allowing, denying).groups()).isEmpty();
  }

  @Test
  void principals_areUnionOfMatchingRolesMinusDenied() {
    String one =
        role(
            "v7",
            "kubernetes_labels: {env: dev}, kubernetes_groups: [a, b], kubernetes_users: [u]",
            "");
    String two =
        role("v7", "kubernetes_labels: {env: dev}, kubernetes_groups: [c, '{{internal.g}}']", "");
    String other = role("v7", "kubernetes_labels: {env: prod}, kubernetes_groups: [d]", "");
    String deny = role("v7", "", "kubernetes_groups: [b]");

    assertThat(access(one, two, other, deny).groups()).containsExactly("a", "c");
    assertThat(access(one, two, other, deny).users()).containsExactly("u");
  }

  @ParameterizedTest
  @CsvSource({"role-a,true", "role-b,true", "other,false", "role-x,false"})
  void impersonation_followsPatternsAndDenials(String name, boolean allowed) {
    String text = role("v7", "impersonate: {roles: ['role-*']}", "impersonate: {roles: [role-x]}");

    assertThat(new Roles(java.util.List.of(parse(text))).mayImpersonate(name)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // rule kind, namespace, name, verbs; then what is asked
        "pod,default,ok-*,get,POD,default,ok-1,get,true",
        "pod,default,ok-*,get,POD,default,nope,get,false",
        "pod,default,ok-*,get,POD,default,ok-1,delete,false",
        "pod,default,ok-*,get,POD,kube-system,ok-1,get,false",
        "pod,default,ok-*,get,SECRET,default,ok-1,get,false",
        "pod,^team-[ab]$,*,'*',POD,team-a,x,exec,true",
        "pod,^team-[ab]$,*,'*',POD,team-c,x,exec,false",
        "pod,default,a.c,'*',POD,default,abc,get,false",
        "*,*,*,'*',INGRESS,default,x,update,true",
        "*,*,*,'*',NODE,'',n1,get,true",
        "*,default,*,'*',NODE,'',n1,get,false",
        "kube_node,'',n*,'*',NODE,'',n1,get,true",
        "namespace,'',team-a,get,POD,team-a,x,get,true",
        "namespace,'',team-a,get,POD,team-b,x,get,false",
        "namespace,'',team-a,get,POD,team-a,x,delete,false",
        "namespace,'',team-a,get,NAMESPACE,'',team-a,get,true",
        "namespace,'',team-a,get,NAMESPACE,'',team-b,get,false",
      })
  void object_isAllowed_whenARuleCoversIt(
      String kind,
      String namespace,
      String name,
      String verbs,
      KubernetesKind askedKind,
      String askedNamespace,
      String askedName,
      String verb,
      boolean allowed) {
    String rule =
        "kubernetes_labels: {'*': '*'}, kubernetes_resources: [{kind: '%s', namespace: '%s', name: '%s', verbs: ['%s']}]"
            .formatted(kind, namespace, name, verbs);

    assertThat(access(role("v7", rule, "")).allows(askedKind, askedNamespace, askedName, verb))
        .isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    // kind, namespace, verb; may some be allowed, are all allowed
    "POD,default,list,true,false",
    "POD,'',list,true,false",
    "POD,kube-system,list,false,false",
    "POD,default,watch,false,false",
    "CONFIG_MAP,'',list,true,false",
    "CONFIG_MAP,a,list,true,true",
    "SECRET,a,list,true,false",
    "SECRET,hidden,list,false,false",
    "NODE,'',list,false,false",
  })
  void list_isWorthAsking_whenSomeObjectMayMatch(
      KubernetesKind kind, String namespace, String verb, boolean some, boolean all) {
    String text =
        role(
            "v7",
            """
            kubernetes_labels: {'*': '*'}, kubernetes_resources: [
              {kind: pod, namespace: default, name: ok-*, verbs: [get, list]},
              {kind: configmap, namespace: a, name: '*', verbs: ['*']},
              {kind: secret, namespace: '*', name: '*', verbs: ['*']}]""",
            """
            kubernetes_resources: [
              {kind: secret, namespace: hidden, name: '*', verbs: ['*']},
              {kind: secret, namespace: a, name: top, verbs: ['*']}]""");

    assertThat(access(text).mayAllow(kind, namespace, verb)).isEqualTo(some);
    assertThat(access(text).allowsAll(kind, namespace, verb)).isEqualTo(all);
  }

  @Test
  void denial_winsOverOtherRoles() {
    String all = role("v7", "kubernetes_labels: {'*': '*'}", "");
    String deny =
        role(
            "v7",
            "",
            "kubernetes_resources: [{kind: secret, namespace: '*', name: top, verbs: [get]}]");

    assertThat(access(all, deny).allows(KubernetesKind.SECRET, "a", "top", "get")).isFalse();
    assertThat(access(all, deny).allows(KubernetesKind.SECRET, "a", "top", "list")).isTrue();
    assertThat(access(all, deny).allows(KubernetesKind.SECRET, "a", "low", "get")).isTrue();
  }

  @Test
  void oldRole_restrictsPodsOnly() {
    String old =
        role(
            "v6",
            "kubernetes_labels: {'*': '*'}, kubernetes_resources: [{kind: pod, namespace: a, name: '*'}]",
            "");

    assertThat(access(old).allows(KubernetesKind.POD, "a", "x", "delete")).isTrue();
    assertThat(access(old).allows(KubernetesKind.POD, "b", "x", "get")).isFalse();
    assertThat(access(old).allows(KubernetesKind.CONFIG_MAP, "b", "x", "get")).isTrue();
    assertThat(access(old).allowsAll(KubernetesKind.NODE, "", "list")).isTrue();
  }

  @Test
  void guideRole_allowsAll() {
    KubernetesAccess access = access(RoleFileTest.GUIDE);

    assertThat(access.allowsAll(KubernetesKind.POD, "", "list")).isTrue();
    assertThat(access.allows(KubernetesKind.DEPLOYMENT, "a", "x", "create")).isTrue();
    assertThat(
            access(RoleFileTest.GUIDE.replace("v6", "v7")).mayAllow(KubernetesKind.POD, "", "list"))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'',pods,POD", "'',endpoints,SERVICE", "apps,deployments,DEPLOYMENT",
    "rbac.authorization.k8s.io,roles,KUBE_ROLE", "coordination.k8s.io,leases,", "apps,pods,"
  })
  void resource_isJudgedByItsKind(String group, String plural, KubernetesKind kind) {
    assertThat(KubernetesKind.ofResource(group, plural).orElse(null)).isEqualTo(kind);
  }

  private static KubernetesAccess access(String... roles) {
    return new Roles(Arrays.stream(roles).map(KubernetesAccessTest::parse).toList())
        .inCluster(LABELS);
  }

  private static Role parse(String text) {
    return RoleFile.parse(text).get(0).role();
  }

  private static String role(String version, String allow, String deny) {
    return "{kind: role, version: %s, metadata: {name: r}, spec: {allow: {%s}, deny: {%s}}}"
        .formatted(version, allow, deny);
  }
}
