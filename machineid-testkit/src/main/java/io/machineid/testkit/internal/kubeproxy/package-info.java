/** The proxy's Kubernetes side. */
@NullMarked
package io.machineid.testkit.internal.kubeproxy;

import org.jspecify.annotations.NullMarked;
