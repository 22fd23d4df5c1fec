package dev.advect.likelihood;

import dev.advect.graph.Repeat;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import java.util.List;

/**
 * The linear system M z = r of every sample, solved by Gauss-Jordan elimination with partial
 * pivoting, and log |det M|.
 *
 * <p>It is a loop with one pass for each column, so its text is as long for 64 unknowns as for 2.
 * Rows are not exchanged: a pass takes the largest element of its column among the rows that have
 * not been pivots, and the order they were taken in is undone at the end.
 *
 * @param loop the loop, for the graph
 * @param solution sample[d]: z
 * @param logDeterminant sample[]: log |det M|; minus infinity if M is singular
 * @param sign sample[]: the sign of det M, -1 or 1; 0 if M is singular
 * @param smallestPivot sample[]: the smallest size of a pivot
 */
public record Elimination(
    Repeat loop, Value solution, Value logDeterminant, Value sign, Value smallestPivot) {
  /**
   * Eliminates.
   *
   * @param matrix sample[d, d]: M
   * @param right sample[d]: r
   */
  public static Elimination of(Value matrix, Value right) {
    Trace g = matrix.trace();
    int d = right.size();
    Value a = g.carry("eliminated", d, d + 1);
    Value order = g.carry("order", d, d); // row k is 1 where the pivot of column k was
    Value used = g.carry("used", d);
    Value log = g.carry("logDeterminant");
    Value sign = g.carry("sign");
    Value smallest = g.carry("smallestPivot");
    Value k = g.carry("column");

    Value column = a.times(g.iota(0, d + 1).equal(k)).sum(1); // sample[d]
    Value best = used.select(g.constant(-1), column.abs()).argMax(0);
    Value pivotRow = g.iota(0, d).equal(best); // sample[d], 1 at the pivot's row
    // Every row below it that was taken before is an exchange, and cos(pi n) is (-1)^n.
    Value exchanges = best.less(g.iota(0, d)).times(used).sum();
    Value turn = exchanges.times(Math.PI).cos().sign();
    Value pivot = column.times(pivotRow).sum();
    Value chosen = pivotRow.repeat(1, d + 1);
    Value row = a.times(chosen).sum(0).over(pivot); // sample[d + 1]
    Value others = a.minus(column.repeat(1, d + 1).times(row));
    Value here = g.iota(0, d).equal(k).repeat(1, d);
    var loop =
        new Repeat(
            d,
            List.of(a, order, used, log, sign, smallest, k),
            List.of(
                g.concat(1, matrix, right.reshape(d, 1)),
                g.zeros(order.type()),
                g.zeros(used.type()),
                g.zeros(log.type()),
                g.ones(sign.type()),
                g.constant(Float.MAX_VALUE, smallest.type()),
                g.zeros(k.type())),
            List.of(
                chosen.select(row, others),
                here.select(pivotRow, order),
                used.plus(pivotRow),
                log.plus(pivot.abs().log()),
                sign.times(pivot.sign()).times(turn),
                smallest.min(pivot.abs()),
                k.plus(1)));
    Value solution = order.times(a.slice(1, d, d + 1).reshape(d)).sum(1);
    return new Elimination(loop, solution, log, sign, smallest);
  }
}
