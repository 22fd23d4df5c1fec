package dev.advect.backend.cuda;

import dev.advect.graph.Value;
import java.util.List;

/**
 * Which features of a value come together in each feature of its sum or extreme over axes.
 *
 * @param begin where the list of each result begins; one more at the end
 * @param features the lists, one after the other, each ascending
 */
record Members(int[] begin, int[] features) {
  static Members of(Value whole, List<Integer> axes, int results) {
    int[] strides = whole.type().strides();
    int[] to = new int[whole.size()];
    int[] begin = new int[results + 1];
    for (int f = 0; f < to.length; f++) {
      for (int axis = 0; axis < strides.length; axis++) {
        if (!axes.contains(axis)) {
          int dim = whole.type().dim(axis);
          to[f] = to[f] * dim + f / strides[axis] % dim;
        }
      }
      begin[to[f] + 1]++;
    }
    for (int r = 0; r < results; r++) {
      begin[r + 1] += begin[r];
    }
    int[] next = begin.clone();
    int[] features = new int[to.length];
    for (int f = 0; f < to.length; f++) {
      features[next[to[f]]++] = f;
    }
    return new Members(begin, features);
  }
}
