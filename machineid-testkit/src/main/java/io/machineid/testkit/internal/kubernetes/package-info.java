/** Kubernetes APIs behind the fake cluster: one in memory, one by URL. */
@NullMarked
package io.machineid.testkit.internal.kubernetes;

import org.jspecify.annotations.NullMarked;
