/** What the fake cluster knows: bots, tokens, roles, locks, Kubernetes clusters. */
@NullMarked
package io.machineid.testkit.internal.state;

import org.jspecify.annotations.NullMarked;
