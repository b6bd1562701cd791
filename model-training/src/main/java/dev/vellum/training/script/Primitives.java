package dev.vellum.training.script;

import dev.vellum.training.model.Density;
import dev.vellum.training.model.ParameterLayout;
import dev.vellum.training.model.ParameterLayout.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The parts of the training script that do not depend on the architecture. */
final class Primitives {

    private Primitives() {}

    /** Rounding with straight-through gradients, convolutions in each arithmetic. */
    static String arithmetic() {
        return """
          def forward($self, x: Tensor) -> Tensor:
            return x
          def numbers($self, x: Tensor) -> List[float]:
            list = annotate(List[float], [])
            for i in range(torch.numel(x)):
              list.append(float(torch.select(x, 0, i)))
            return list
          def mean_of($self, x: Tensor, weight: Tensor) -> Tensor:
            return torch.div(torch.sum(torch.mul(x, weight)), torch.clamp_min(torch.sum(weight), 1.))
          def rounded($self, x: Tensor) -> Tensor:
            return torch.add(x, torch.detach(torch.sub(torch.round(x), x)))
          def floored($self, x: Tensor) -> Tensor:
            return torch.add(x, torch.detach(torch.sub(torch.floor(x), x)))
          def unshuffled($self, x: Tensor, factor: int) -> Tensor:
            h = torch.floordiv(torch.size(x, 2), factor)
            w = torch.floordiv(torch.size(x, 3), factor)
            blocks = torch.permute(torch.view(x, [torch.size(x, 0), 3, h, factor, w, factor]), [0, 2, 4, 1, 3, 5])
            return torch.permute(torch.reshape(blocks, [torch.size(x, 0), h, w, -1]), [0, 3, 1, 2])
          def shuffled($self, x: Tensor, factor: int) -> Tensor:
            h = torch.size(x, 2)
            w = torch.size(x, 3)
            blocks = torch.reshape(torch.permute(x, [0, 2, 3, 1]), [torch.size(x, 0), h, w, 3, factor, factor])
            return torch.reshape(torch.permute(blocks, [0, 3, 1, 4, 2, 5]), [torch.size(x, 0), 3, torch.mul(h, factor), torch.mul(w, factor)])
          def quartered($self, x: Tensor) -> Tensor:
            h = torch.size(x, 2)
            w = torch.size(x, 3)
            blocks = torch.reshape(torch.permute(x, [0, 2, 3, 1]), [torch.size(x, 0), h, w, 3, 2, 8, 2, 8])
            cells = torch.reshape(torch.permute(blocks, [0, 1, 4, 2, 6, 3, 5, 7]), [torch.size(x, 0), torch.mul(h, 2), torch.mul(w, 2), 192])
            return torch.permute(cells, [0, 3, 1, 2])
          def half_size($self, x: Tensor) -> Tensor:
            halves = torch.repeat_interleave(torch.eye(4, dtype=6), 2, 0)
            squares = torch.to(torch.kron(torch.eye(3, dtype=6), torch.kron(halves, halves)), x)
            small = torch.matmul(torch.permute(x, [0, 2, 3, 1]), torch.mul(squares, 0.25))
            return (self).shuffled(torch.permute(small, [0, 3, 1, 2]), 4)
          def contours($self, x: Tensor) -> Tensor:
            e = torch.to(torch.eye(8, dtype=6), x)
            inner = torch.slice(e, 0, 1, 7)
            second = torch.sub(torch.sub(torch.mul(inner, 2.), torch.slice(e, 0, 0, 6)), torch.slice(e, 0, 2, 8))
            laplacian = torch.add(torch.kron(second, inner), torch.kron(inner, second))
            light = torch.to(torch.tensor([[0.29899999999999999, 0.58699999999999997, 0.114]], dtype=6), x)
            values = torch.matmul(torch.permute(x, [0, 2, 3, 1]), torch.t(torch.kron(light, laplacian)))
            return torch.sqrt(torch.add(torch.mean(torch.mul(values, values), [1, 2, 3]), 0.01))
          def like($self, x: Tensor, shape: Tensor) -> Tensor:
            return torch.permute(torch.view(x, [torch.size(shape, 0), torch.size(shape, 2), torch.size(shape, 3), -1]), [0, 3, 1, 2])
          def product($self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
            rows = torch.permute(torch.to(x, 6), [0, 2, 3, 1])
            return torch.permute(torch.linear(rows, torch.flatten(w, 1, -1), b), [0, 3, 1, 2])
          def float_convolution($self, x: Tensor, w: Tensor, b: Tensor, stride: int, padding: int, half: bool) -> Tensor:
            type = 6
            if half:
              type = 15
            k = torch.to(w, type, False, False, 2)
            return torch.conv2d(torch.to(x, type), k, torch.to(b, type), [stride, stride], [padding, padding], [1, 1], 1)
          def quantised($self, w: Tensor, b: Tensor, step: float, mode: int) -> List[Tensor]:
            peak = torch.amax(torch.abs(torch.detach(w)), [1, 2, 3], True)
            if torch.eq(mode, 2):
              peak = torch.mul(torch.ones_like(peak), torch.max(peak))
            limit = 63
            if torch.eq(mode, 3):
              limit = 4031
            s = torch.clamp_min(torch.div(peak, limit), 1.0000000000000001e-08)
            if torch.ne(mode, 0):
              s = torch.exp2(torch.ceil(torch.log2(s)))
            if torch.eq(mode, 2):
              s = torch.clamp_max(s, torch.div(0.001953125, step))
            i = torch.fake_quantize_per_tensor_affine(torch.div(w, s), 1., 0, torch.neg(limit), limit)
            c = torch.view(s, [-1])
            return [i, c, (self).rounded(torch.div(b, torch.mul(c, step)))]
          def integer_convolution($self, x: Tensor, w: Tensor, b: Tensor, stride: int, padding: int, step: float, mode: int) -> Tensor:
            q = (self).quantised(w, b, step, mode)
            b0 = torch.mul(q[2], step)
            if torch.eq(mode, 3):
              y = torch.conv2d(torch.to(x, 7), torch.to(q[0], 7), torch.to(b0, 7), [stride, stride], [padding, padding], [1, 1], 1)
            else:
              k = torch.contiguous(q[0], memory_format=2)
              y = torch.conv2d(x, k, b0, [stride, stride], [padding, padding], [1, 1], 1)
            return torch.mul(y, torch.view(q[1], [1, -1, 1, 1]))
          def conditional_float($self, x: Tensor, w: Tensor, rows: Tensor, half: bool) -> Tensor:
            type = 6
            if half:
              type = 15
            k = torch.to(w, type, False, False, 2)
            y = torch.conv2d(torch.to(x, type, False, False, 2), k, None, [1, 1], [1, 1], [1, 1], 1)
            return torch.add(y, torch.to(torch.view(rows, [torch.size(rows, 0), -1, 1, 1]), type))
          def conditional_integer($self, x: Tensor, w: Tensor, rows: Tensor) -> Tensor:
            q = (self).quantised(w, torch.zeros_like(torch.select(rows, 0, 0)), 1., 1)
            y = torch.conv2d(x, q[0], None, [1, 1], [1, 1], [1, 1], 1)
            r = (self).rounded(torch.div(rows, q[1]))
            z = torch.add(y, torch.view(r, [torch.size(rows, 0), -1, 1, 1]))
            return torch.mul(z, torch.view(q[1], [1, -1, 1, 1]))
          def rounding_errors($self, x: Tensor, low: int) -> Tensor:
            w = torch.to(x, 6)
            step = 4.
            errors = annotate(List[Tensor], [])
            for i in range(12):
              d = torch.sub(torch.fake_quantize_per_tensor_affine(w, step, 0, low, torch.add(low, 255)), w)
              errors.append(torch.mean(torch.mul(d, d)))
              step = torch.mul(step, 0.5)
            return torch.stack(errors, 0)
          def interpolated($self, anchors: Tensor, quality: Tensor) -> Tensor:
            t = torch.mul(torch.sub(quality, 1.), 0.070707070707070704)
            i = torch.clamp(torch.floor(t), 0., 6.)
            f = torch.view(torch.sub(t, i), [-1, 1])
            k = torch.to(i, 4)
            a = torch.index_select(anchors, 0, k)
            b = torch.index_select(anchors, 0, torch.add(k, 1))
            return torch.add(a, torch.mul(torch.sub(b, a), f))
        """
                .replace("$self", ScriptArchive.SELF);
    }

    /** Bits of latents and hyper-latents ({@link Density}; logistic for the hyper-latents). */
    static String densities() {
        return String.format(
                        Locale.ROOT,
                        """
                          def latent_bits($self, r: Tensor, index: Tensor) -> Tensor:
                            sigma = torch.mul(torch.exp2(torch.mul(index, %s)), %s)
                            t = torch.abs(r)
                            k = torch.mul(torch.reciprocal(sigma), 0.70710678118654757)
                            upper = torch.erfc(torch.mul(torch.sub(t, 0.5), k))
                            lower = torch.erfc(torch.mul(torch.add(t, 0.5), k))
                            gauss = torch.mul(torch.sub(upper, lower), 0.5)
                            spread = torch.add(torch.mul(sigma, 2.), 0.25)
                            tail = torch.sub(torch.sigmoid(torch.div(torch.rsub(t, 0.5), spread)), torch.sigmoid(torch.div(torch.rsub(t, -0.5), spread)))
                            p = torch.add(torch.mul(gauss, %s), torch.mul(tail, %s))
                            return torch.neg(torch.log2(torch.clamp_min(p, 1.0000000000000001e-30)))
                          def hyper_bits($self, z: Tensor, location: Tensor, spread: Tensor) -> Tensor:
                            l = torch.view(location, [torch.size(z, 0), -1, 1, 1])
                            k = torch.view(torch.exp(torch.neg(spread)), [torch.size(z, 0), -1, 1, 1])
                            t = torch.abs(torch.sub(z, l))
                            p = torch.sub(torch.sigmoid(torch.mul(torch.rsub(t, 0.5), k)), torch.sigmoid(torch.mul(torch.rsub(t, -0.5), k)))
                            return torch.neg(torch.log2(torch.clamp_min(p, 1.0000000000000001e-30)))
                        """,
                        Density.OCTAVES_PER_CLASS,
                        Density.LOWEST,
                        1 - Density.TAIL,
                        Density.TAIL)
                .replace("$self", ScriptArchive.SELF);
    }

    /**
     * MS-SSIM of 8-bit pictures (Wang et al. 2003): five scales, or as many as the 11-tap window
     * fits, with the weights renormalised; the mean over the three colours, one value a picture.
     * {@code coarse} leaves the first scale out, which weighs 4 % and takes three quarters of the
     * time.
     */
    static String similarity() {
        StringBuilder taps = new StringBuilder();
        double[] gauss = new double[11];
        double sum = 0;
        for (int i = 0; i < 11; i++) {
            gauss[i] = Math.exp(-(i - 5) * (i - 5) / (2 * 1.5 * 1.5));
            sum += gauss[i];
        }
        for (int i = 0; i < 11; i++) {
            taps.append(i == 0 ? "" : ", ").append(gauss[i] / sum);
        }
        return """
          def similarity($self, x: Tensor, y: Tensor, coarse: bool) -> Tensor:
            weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
            g = torch.to(torch.tensor([$taps], dtype=6), x)
            side = torch.size(x, 2)
            if torch.lt(torch.size(x, 3), side):
              side = torch.size(x, 3)
            first = 0
            if coarse:
              first = 1
            levels = first
            total = 0.
            for i in range(first, 5):
              if torch.ge(side, 11):
                levels = torch.add(i, 1)
                total = torch.add(total, weights[i])
                side = torch.floordiv(side, 2)
            a = x
            b = y
            product = torch.ones_like(torch.mean(x, [2, 3]))
            for level in range(first, levels):
              down = (self).band(g, torch.size(a, 2))
              along = torch.t((self).band(g, torch.size(a, 3)))
              ma = (self).blurred(a, down, along)
              mb = (self).blurred(b, down, along)
              ab = torch.mul(ma, mb)
              squares = torch.add(torch.mul(ma, ma), torch.mul(mb, mb))
              powers = (self).blurred(torch.add(torch.mul(a, a), torch.mul(b, b)), down, along)
              joint = (self).blurred(torch.mul(a, b), down, along)
              above = torch.add(torch.mul(torch.sub(joint, ab), 2.), 58.522500000000001)
              contrast = torch.div(above, torch.add(torch.sub(powers, squares), 58.522500000000001))
              w = torch.div(weights[level], total)
              if torch.eq(level, torch.sub(levels, 1)):
                luminance = torch.div(torch.add(torch.mul(ab, 2.), 6.5025000000000004), torch.add(squares, 6.5025000000000004))
                s = torch.mean(torch.mul(luminance, contrast), [2, 3])
                product = torch.mul(product, torch.pow(torch.clamp_min(s, 0.0001), w))
              else:
                s = torch.mean(contrast, [2, 3])
                product = torch.mul(product, torch.pow(torch.clamp_min(s, 0.0001), w))
                a = torch.avg_pool2d(a, [2, 2], [2, 2], [0, 0], False, True, None)
                b = torch.avg_pool2d(b, [2, 2], [2, 2], [0, 0], False, True, None)
            return torch.mean(product, [1])
          def band($self, taps: Tensor, size: int) -> Tensor:
            rows = torch.sub(size, 10)
            g = torch.new_zeros(taps, [rows, torch.add(size, 1)])
            _0 = torch.copy_(torch.slice(g, 1, 0, 11), torch.expand(torch.view(taps, [1, 11]), [rows, 11]))
            return torch.view(torch.slice(torch.view(g, [-1]), 0, 0, torch.mul(rows, size)), [rows, size])
          def blurred($self, x: Tensor, down: Tensor, along: Tensor) -> Tensor:
            rows = torch.matmul(x, along)
            planes = torch.flatten(rows, 0, 1)
            wide = torch.expand(torch.unsqueeze(down, 0), [torch.size(planes, 0), -1, -1])
            return torch.view(torch.bmm(wide, planes), [torch.size(x, 0), torch.size(x, 1), torch.size(down, 0), -1])
        """
                .replace("$self", ScriptArchive.SELF)
                .replace("$taps", taps);
    }

    /**
     * Adam (arXiv 1412.6980) with clipping by the global norm and an exponential average of the
     * parameters, all in place on flat arrays. A step whose gradient is not finite changes nothing.
     *
     * <p>{@code rates}: learning rate over the first bias correction, root of the second bias
     * correction, decay of the first and second moments, epsilon, largest norm, decay of the
     * average (1: it rests); the learning rate of {@code matrices}; which of these rest. If their
     * rate is not 0, they move along the nearest orthogonal matrix to their momentum (Jordan et al.
     * 2024, "Muon"), scaled to the typical step of Adam (arXiv 2502.16982). To find it costs as
     * much as a quarter of a small batch: matrices that rest, those of even (0) or odd (1) number,
     * go on along the one that {@code second} keeps from the step before; with 2 all are found. Of
     * every {@code of} times four parameters it moves the four of number {@code part}.
     */
    static String optimiser(ParameterLayout layout, List<Parameter> matrices) {
        String columns =
                layout.parameters().stream()
                        .map(parameter -> matrices.contains(parameter) ? columns(parameter) : "0")
                        .collect(Collectors.joining(", "));
        String turns =
                layout.parameters().stream()
                        .map(parameter -> (matrices.indexOf(parameter) & 1) + ".")
                        .collect(Collectors.joining(", "));
        return """
          def slopes($self, loss: Tensor, leaves: List[Tensor]) -> List[Tensor]:
            all = annotate(List[Tensor], [])
            found = torch.grad([loss], leaves, None, None, False, True)
            for i in range(torch.len(leaves)):
              one = found[i]
              if torch.__is__(one, None):
                all.append(torch.zeros_like(leaves[i]))
              else:
                all.append(torch.detach(unchecked_cast(Tensor, one)))
            return all
          def orthogonal($self, m: Tensor) -> Tensor:
            wide = torch.le(torch.size(m, 0), torch.size(m, 1))
            x = torch.to(torch.div(m, torch.add(torch.norm(m), 9.9999999999999995e-21)), 15)
            if torch.__not__(wide):
              x = torch.contiguous(torch.t(x))
            for i in range(5):
              a = torch.mm(x, torch.t(x))
              b = torch.add(torch.mul(a, -4.7750000000000004), torch.mm(a, a), alpha=2.0314999999999999)
              x = torch.add(torch.mul(x, 3.4445000000000001), torch.mm(b, x))
            if torch.__not__(wide):
              x = torch.t(x)
            return torch.reshape(torch.to(x, 6), [-1])
          def update($self, g: List[Tensor], parameters: Tensor, first: Tensor, second: Tensor, average: Tensor, factors: List[float], rates: List[float], part: int, of: int) -> Tensor:
            columns = [$columns]
            turns = [$turns]
            squares = annotate(List[Tensor], [])
            for one in g:
              squares.append(torch.dot(one, one))
            norm = torch.sqrt(torch.sum(torch.stack(squares, 0)))
            if bool(torch.isfinite(norm)):
              scale = torch.clamp_max(torch.mul(torch.reciprocal(torch.add(norm, 9.9999999999999995e-07)), rates[5]), 1.)
              p = (self).parts(parameters)
              m = (self).parts(first)
              v = (self).parts(second)
              mean = (self).parts(average)
              for i in range(torch.len(g)):
                if torch.eq(torch.remainder(torch.floordiv(i, 4), of), part):
                  factor = factors[torch.remainder(i, torch.len(factors))]
                  d = torch.mul(g[i], scale)
                  _0 = torch.lerp_(m[i], d, torch.sub(1., rates[2]))
                  if torch.__and__(torch.gt(rates[7], 0.), torch.gt(columns[i], 0)):
                    if torch.ne(turns[i], rates[8]):
                      if bool(torch.any(torch.ne(d, 0.))):
                        ahead = torch.view(torch.lerp(d, m[i], rates[2]), [-1, columns[i]])
                        longest = torch.mul(float(columns[i]), 1.)
                        if torch.gt(torch.size(ahead, 0), columns[i]):
                          longest = torch.mul(float(torch.size(ahead, 0)), 1.)
                        _1 = torch.copy_(v[i], torch.mul((self).orthogonal(ahead), torch.mul(torch.sqrt(longest), 0.20000000000000001)))
                    _2 = torch.sub_(p[i], v[i], alpha=torch.mul(rates[7], factor))
                  else:
                    _1 = torch.addcmul_(torch.mul_(v[i], rates[3]), d, d, value=torch.sub(1., rates[3]))
                    root = torch.add_(torch.div_(torch.sqrt(v[i]), rates[1]), rates[4])
                    _3 = torch.addcdiv_(p[i], m[i], root, value=torch.mul(torch.neg(rates[0]), factor))
                  if torch.lt(rates[6], 1.):
                    _4 = torch.lerp_(mean[i], p[i], torch.sub(1., rates[6]))
            return norm
          def apply($self, parameters: Tensor, first: Tensor, second: Tensor, average: Tensor, trainable: List[float], gradients: List[Tensor], rates: List[float], part: List[float]) -> Tensor:
            mean = gradients[0]
            for i in range(1, torch.len(gradients)):
              mean = torch.lerp(mean, gradients[i], torch.div(1., torch.add(i, 1)))
            g = (self).parts(torch.slice(mean, 0, 0, torch.numel(parameters)))
            norm = (self).update(g, parameters, first, second, average, trainable, rates, int(part[0]), int(part[1]))
            return torch.cat([torch.view(norm, [1]), torch.slice(mean, 0, torch.numel(parameters))], 0)
        """
                .replace("$self", ScriptArchive.SELF)
                .replace("$columns", columns)
                .replace("$turns", turns);
    }

    private static String columns(Parameter matrix) {
        return String.valueOf(matrix.length() / matrix.shape().getFirst());
    }

    /** Second moments of the cells of pictures, and the directions of largest variance first. */
    static String components() {
        return """
          def moments($self, pixels: Tensor) -> Tensor:
            x = torch.sub(torch.mul(torch.to(pixels, 6), 0.0078125), 1.)
            cells = torch.flatten(torch.transpose(torch.flatten(torch.pixel_unshuffle(x, 16), 2, -1), 1, 2), 0, 1)
            return torch.div(torch.mm(torch.t(cells), cells), float(torch.size(cells, 0)))
          def components($self, moments: Tensor) -> List[Tensor]:
            values, vectors = torch.linalg_eigh(moments)
            return [torch.flip(values, [0]), torch.contiguous(torch.t(torch.flip(vectors, [1])))]
        """
                .replace("$self", ScriptArchive.SELF);
    }
}
