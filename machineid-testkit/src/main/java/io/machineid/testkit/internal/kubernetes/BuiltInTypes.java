package io.machineid.testkit.internal.kubernetes;

import io.machineid.testkit.internal.kubernetes.ResourceType.Origin;
import java.util.List;

/** The kinds that every cluster serves. */
final class BuiltInTypes {

  // group, versions, plural, kind, N(amespaced) or C(luster-wide) or R(eview) (r: namespaced one),
  // short names, categories, subresources; "-" for nothing
  private static final String TABLE =
      """
      - v1 bindings Binding r - - -
      - v1 configmaps ConfigMap N cm - -
      - v1 endpoints Endpoints N ep - -
      - v1 events Event N ev - -
      - v1 limitranges LimitRange N limits - -
      - v1 namespaces Namespace C ns - finalize,status
      - v1 nodes Node C no - status
      - v1 persistentvolumeclaims PersistentVolumeClaim N pvc - status
      - v1 persistentvolumes PersistentVolume C pv - status
      - v1 pods Pod N po all attach,binding,ephemeralcontainers,eviction,exec,log,portforward,status
      - v1 podtemplates PodTemplate N - - -
      - v1 replicationcontrollers ReplicationController N rc all scale,status
      - v1 resourcequotas ResourceQuota N quota - status
      - v1 secrets Secret N - - -
      - v1 serviceaccounts ServiceAccount N sa - -
      - v1 services Service N svc all status
      admissionregistration.k8s.io v1 mutatingwebhookconfigurations MutatingWebhookConfiguration C - api-extensions -
      admissionregistration.k8s.io v1 validatingwebhookconfigurations ValidatingWebhookConfiguration C - api-extensions -
      apiextensions.k8s.io v1 customresourcedefinitions CustomResourceDefinition C crd,crds api-extensions status
      apiregistration.k8s.io v1 apiservices APIService C - api-extensions status
      apps v1 controllerrevisions ControllerRevision N - - -
      apps v1 daemonsets DaemonSet N ds all status
      apps v1 deployments Deployment N deploy all scale,status
      apps v1 replicasets ReplicaSet N rs all scale,status
      apps v1 statefulsets StatefulSet N sts all scale,status
      authentication.k8s.io v1 selfsubjectreviews SelfSubjectReview R - - -
      authentication.k8s.io v1 tokenreviews TokenReview R - - -
      authorization.k8s.io v1 localsubjectaccessreviews LocalSubjectAccessReview r - - -
      authorization.k8s.io v1 selfsubjectaccessreviews SelfSubjectAccessReview R - - -
      authorization.k8s.io v1 selfsubjectrulesreviews SelfSubjectRulesReview R - - -
      authorization.k8s.io v1 subjectaccessreviews SubjectAccessReview R - - -
      autoscaling v2,v1 horizontalpodautoscalers HorizontalPodAutoscaler N hpa all status
      batch v1 cronjobs CronJob N cj all status
      batch v1 jobs Job N - all status
      certificates.k8s.io v1 certificatesigningrequests CertificateSigningRequest C csr - approval,status
      coordination.k8s.io v1 leases Lease N - - -
      discovery.k8s.io v1 endpointslices EndpointSlice N - - -
      events.k8s.io v1 events Event N ev - -
      networking.k8s.io v1 ingressclasses IngressClass C - - -
      networking.k8s.io v1 ingresses Ingress N ing - status
      networking.k8s.io v1 networkpolicies NetworkPolicy N netpol - -
      node.k8s.io v1 runtimeclasses RuntimeClass C - - -
      policy v1 poddisruptionbudgets PodDisruptionBudget N pdb - status
      rbac.authorization.k8s.io v1 clusterrolebindings ClusterRoleBinding C - - -
      rbac.authorization.k8s.io v1 clusterroles ClusterRole C - - -
      rbac.authorization.k8s.io v1 rolebindings RoleBinding N - - -
      rbac.authorization.k8s.io v1 roles Role N - - -
      scheduling.k8s.io v1 priorityclasses PriorityClass C pc - -
      storage.k8s.io v1 csidrivers CSIDriver C - - -
      storage.k8s.io v1 csinodes CSINode C - - -
      storage.k8s.io v1 storageclasses StorageClass C sc - -
      storage.k8s.io v1 volumeattachments VolumeAttachment C - - status
      """;

  private BuiltInTypes() {}

  static List<ResourceType> all() {
    return TABLE.lines().map(BuiltInTypes::parse).toList();
  }

  private static ResourceType parse(String line) {
    String[] column = line.split(" ", -1);
    String scope = column[4];
    boolean namespaced = scope.equals("N") || scope.equals("r");
    Origin origin = scope.equalsIgnoreCase("r") ? Origin.REVIEW : Origin.BUILT_IN;
    return new ResourceType(
        column[0].equals("-") ? "" : column[0],
        list(column[1]),
        column[2],
        column[3],
        namespaced,
        list(column[5]),
        list(column[6]),
        list(column[7]),
        origin);
  }

  private static List<String> list(String column) {
    return column.equals("-") ? List.of() : List.of(column.split(",", -1));
  }
}
