/** What the clients are made of. */
@NullMarked
package io.machineid.kubernetes.internal;

import org.jspecify.annotations.NullMarked;
