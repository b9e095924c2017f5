/** The evidence of join methods: token resources, who issues ID tokens, and the rules. */
@NullMarked
package io.machineid.testkit.internal.join;

import org.jspecify.annotations.NullMarked;
