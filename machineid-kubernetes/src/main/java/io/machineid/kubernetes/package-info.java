/**
 * One Kubernetes cluster behind Teleport: {@link io.machineid.kubernetes.KubernetesAccess} gives
 * its kubeconfig as text, and clients that outlive every certificate.
 */
@NullMarked
package io.machineid.kubernetes;

import org.jspecify.annotations.NullMarked;
