/** The fake cluster's certificate authorities and the layout of what they issue. */
@NullMarked
package io.machineid.testkit.internal.pki;

import org.jspecify.annotations.NullMarked;
