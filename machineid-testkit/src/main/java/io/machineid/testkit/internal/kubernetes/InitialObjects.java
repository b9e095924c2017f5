package io.machineid.testkit.internal.kubernetes;

/** What a new cluster holds: its namespaces, its own service, the roles that everybody knows. */
final class InitialObjects {

  static final String YAML =
      """
      {apiVersion: v1, kind: Namespace, metadata: {name: default}}
      ---
      {apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}
      ---
      {apiVersion: v1, kind: Namespace, metadata: {name: kube-public}}
      ---
      {apiVersion: v1, kind: Namespace, metadata: {name: kube-node-lease}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: kubernetes, namespace: default}
      spec: {clusterIP: 10.96.0.1, ports: [{name: https, port: 443, targetPort: 6443}]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: cluster-admin}
      rules:
      - {apiGroups: ['*'], resources: ['*'], verbs: ['*']}
      - {nonResourceURLs: ['*'], verbs: ['*']}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: admin}
      rules:
      - apiGroups: ['', apps, autoscaling, batch, coordination.k8s.io, discovery.k8s.io,
          events.k8s.io, networking.k8s.io, policy, rbac.authorization.k8s.io]
        resources: [bindings, configmaps, controllerrevisions, cronjobs, daemonsets, deployments,
          deployments/scale, endpoints, endpointslices, events, horizontalpodautoscalers, ingresses,
          jobs, leases, limitranges, networkpolicies, persistentvolumeclaims, poddisruptionbudgets,
          pods, pods/attach, pods/binding, pods/eviction, pods/exec, pods/log, pods/portforward,
          replicasets, replicasets/scale, replicationcontrollers, replicationcontrollers/scale,
          resourcequotas, rolebindings, roles, secrets, serviceaccounts, services, statefulsets,
          statefulsets/scale]
        verbs: ['*']
      - {apiGroups: [''], resources: [namespaces], verbs: [get, list, watch]}
      - {apiGroups: [authorization.k8s.io], resources: [localsubjectaccessreviews], verbs: [create]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: edit}
      rules:
      - apiGroups: ['', apps, autoscaling, batch, coordination.k8s.io, discovery.k8s.io,
          events.k8s.io, networking.k8s.io, policy]
        resources: [configmaps, cronjobs, daemonsets, deployments, deployments/scale, endpoints,
          endpointslices, events, horizontalpodautoscalers, ingresses, jobs, leases,
          networkpolicies, persistentvolumeclaims, poddisruptionbudgets, pods, pods/attach,
          pods/eviction, pods/exec, pods/log, pods/portforward, replicasets, replicasets/scale,
          replicationcontrollers, replicationcontrollers/scale, secrets, serviceaccounts, services,
          statefulsets, statefulsets/scale]
        verbs: ['*']
      - {apiGroups: [''], resources: [limitranges, namespaces, resourcequotas],
         verbs: [get, list, watch]}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: view}
      rules:
      - apiGroups: ['', apps, autoscaling, batch, coordination.k8s.io, discovery.k8s.io,
          events.k8s.io, networking.k8s.io, policy]
        resources: [bindings, configmaps, controllerrevisions, cronjobs, daemonsets, deployments,
          deployments/scale, endpoints, endpointslices, events, horizontalpodautoscalers, ingresses,
          jobs, limitranges, namespaces, networkpolicies, persistentvolumeclaims,
          poddisruptionbudgets, pods, pods/log, pods/status, replicasets, replicasets/scale,
          replicationcontrollers, replicationcontrollers/scale, resourcequotas, serviceaccounts,
          services, statefulsets, statefulsets/scale]
        verbs: [get, list, watch]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: 'system:discovery'}
      rules:
      - nonResourceURLs: [/, /api, /api/*, /apis, /apis/*, /healthz, /livez, /openapi, /openapi/*,
          /readyz, /version, /version/]
        verbs: [get]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: 'system:basic-user'}
      rules:
      - apiGroups: [authentication.k8s.io, authorization.k8s.io]
        resources: [selfsubjectaccessreviews, selfsubjectreviews, selfsubjectrulesreviews]
        verbs: [create]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: cluster-admin}
      roleRef: {kind: ClusterRole, name: cluster-admin}
      subjects: [{kind: Group, name: 'system:masters'}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: 'system:discovery'}
      roleRef: {kind: ClusterRole, name: 'system:discovery'}
      subjects: [{kind: Group, name: 'system:authenticated'}]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: 'system:basic-user'}
      roleRef: {kind: ClusterRole, name: 'system:basic-user'}
      subjects: [{kind: Group, name: 'system:authenticated'}]
      """;

  private InitialObjects() {}
}
