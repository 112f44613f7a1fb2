"""Synonyms: what other frameworks call a key or a word of the language.

A row is our key, or word, and all that is written for it elsewhere; each is compared without case
and without `_`, `-`, `.` and blanks. One word may stand for several of ours: of these, the first
that the entry has is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_KEYS = {
    "out": "channels out_channels width filters num_filters n_filters planes outplanes features"
    " out_features hidden hidden_dim dim dims ch chans num_channels output_channels out_chans c_out"
    " outc nout units num_output filters_out embed_dim",
    "channels": "in_channels in_chans inplanes input_channels num_input_channels in_ch c_in chans"
    " ch colours colors",
    "blocks": "depth depths num_blocks n_blocks layers num_layers n_layers repeats num_repeats"
    " repeat n number count units num_units block_count nblocks nlayers stage_blocks",
    "repeat": "depth num_blocks n_blocks repeats num_repeats layers num_layers n number count"
    " times",
    "classes": "num_classes n_classes nclasses num_class nc class_num num_labels n_class out"
    " out_features labels categories num_outputs",
    "macs": "flops flop gflops mflops mac gmacs mmacs mults madds madd mult_adds multadds max_flops"
    " max_macs fma",
    "parameters": "params param num_params n_params nparams weights size max_params num_parameters"
    " mparams",
    "kernel": "kernel_size kernelsize ksize ks k filter_size window pool_size kernel_shape size"
    " kw kh",
    "stride": "strides s step subsample subsampling",
    "padding": "pad pads p paddings autopad",
    "dilation": "dilations dilate dilation_rate atrous atrous_rate d rate",
    "groups": "group cardinality num_groups n_groups g num_group group_count",
    "group_width": "width_per_group base_width bottleneck_width channels_per_group group_size"
    " group_channels",
    "act": "activation activations act_layer act_fn activation_fn act_cfg act_type nonlinearity"
    " non_linearity nonlin relu activation_layer activation_function",
    "norm": "norm_layer norm_cfg norm_type normalization normalisation normalize normalise bn"
    " batch_norm batchnorm use_bn normalization_layer",
    "bias": "use_bias with_bias has_bias",
    "size": "image_size img_size imgsz input_size shape input_shape resolution height hw res"
    " output_size sides",
    "kind": "type op class module layer layer_type block_type name operator func",
    "from": "input inputs source src bottom prev parent parents in_ sources",
    "to": "size_of like target",
    "factor": "scale_factor scale ratio upscale stride",
    "mode": "interpolation interpolate method algorithm upsample_mode",
    "percent": "p rate drop prob probability drop_rate dropout drop_prob keep_prob",
    "transfer": "skip skip_connection lateral skip_from skip_connections shortcut_from",
    "down": "downsample down_sample downsampling pool pooling downsample_type pool_type",
    "up": "upsample up_sample upsampling upsample_type upsample_cfg",
    "merge": "fuse fusion join combine aggregate merge_type aggregation",
    "shortcut": "residual identity skip_type shortcut_type",
    "reduction": "expansion ratio bottleneck_ratio expand_ratio squeeze_factor compression",
    "squeeze": "reduction reduction_ratio se_ratio rd_ratio",
    "widen": "expand expansion",
    "gate": "attention attn",
    "se": "squeeze_excitation use_se se_ratio se_reduction se_layer",
    "k": "group reduce ratio",
    "taps": "out_indices out_features return_layers return_nodes feature_maps features_from"
    " out_layers return_stages",
    "outputs": "output out outs returns",
    "extends": "base base_config _base_ inherit inherits inherits_from parent include from",
    "use": "import imports includes uses",
    "graph": "nodes network layers net model backbone architecture",
    "stem": "stem_layers conv_stem root",
    "tail": "encoder down_path",
    "body": "decoder up_path",
    "head": "refine",
    "bridge": "neck bottleneck",
    "classifier": "fc cls cls_head top",
    "budget": "limits limit max",
    "input": "image inputs data in",
    "defaults": "default common globals",
    "name": "title model arch model_name id",
    "width": "width_mult width_multiple width_multiplier width_factor width_coefficient alpha"
    " wide_factor",
    "depth": "depth_multiple depth_mult depth_multiplier depth_factor depth_coefficient",
}

# Words for values: activations, norms, ways of sampling and merging, and kinds of nodes.
_WORDS = {
    "relu": "rectifier rectifiedlinear",
    "silu": "swish",
    "gelu": "gelutanh newgelu quickgelu",
    "sigmoid": "logistic",
    "batch": "bn bn2d batchnorm batchnorm2d syncbn syncbatchnorm syncbatch synchronizedbatchnorm"
    " batchnormalization batchnormalisation frozenbatchnorm frozenbn",
    "batch_norm": "bn bn2d batchnorm2d syncbn syncbatchnorm batchnormalization batchnormalisation",
    "group": "gn groupnorm groupnorm2d groupnormalization groupnormalisation",
    "none": "identity linear null no false nil noop empty off",
    "conv": "conv2d convolution convolution2d convbnrelu convbn convmodule cbr cba convbnact"
    " convnormact",
    "deconv": "convtranspose convtranspose2d conv2dtranspose transposedconv transposeconv"
    " deconvolution upconv",
    "max_pool": "maxpool maxpool2d maxpooling maxpooling2d max",
    "avg_pool": "avgpool avgpool2d averagepool averagepooling averagepooling2d averagepool2d mean"
    " average avg",
    "strided_conv": "conv conv2d stridedconvolution strideconv stride",
    "global_avg_pool": "gap globalavgpool globalavgpool2d globalaveragepooling globalpool"
    " globalaveragepooling2d globalaveragepool",
    "adaptive_avg_pool": "adaptiveavgpool2d adaptiveavgpool",
    "upsample": "interpolate resize upsampling upsampling2d upsamplingnearest2d"
    " upsamplingbilinear2d",
    "nearest": "upsample interpolate nearestneighbor nearestneighbour nearestexact",
    "bilinear": "linear",
    "concat": "cat concatenate concatenation join torchcat",
    "add": "sum plus addition elementwiseadd eltwise residual",
    "mul": "multiply prod product times",
    "linear": "dense fc fullyconnected innerproduct gemm",
    "flatten": "reshape view",
    "dropout": "dropout2d drop",
    "channel_shuffle": "shuffle",
    "resnet_bottleneck": "bottleneckv1 postactbottleneck",
    "bottleneck": "preactbottleneck bottleneckv2",
    "resnet_basic": "basicblockv1 resnetbasicblock",
    "basic": "basicblock preactbasic",
    "identity": "none skip direct",
    "project": "projection conv 1x1 downsample",
    "reduce": "channelreduction",
    "true": "yes on y t",
    "false": "no off n f",
}

# What the language has not, and what is nearest to it of what it has.
_NEAREST = {
    "relu": "leakyrelu prelu relu6 rrelu elu selu celu lrelu leaky threshold crelu softplus tanh"
    " hardtanh relun",
    "silu": "hardswish hswish mish hardsilu",
    "sigmoid": "hardsigmoid hsigmoid tanh",
    "group": "layer ln layernorm instance in instancenorm instancenorm2d layernorm2d rms rmsnorm"
    " switchable",
    "bilinear": "bicubic trilinear cubic area lanczos carafe dysample",
    "deconv": "pixelshuffle subpixel",
    "max_pool": "lppool fractionalmaxpool softpool blurpool",
}


def _by_synonym(table: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word, others in table.items():
        for other in others.split():
            found.setdefault(_bare(other), []).append(word)
    return found


def _bare(word: str) -> str:
    return "".join(c for c in word.lower().removeprefix("nn.") if c not in "_-. ")


_OURS = _by_synonym(_KEYS)
_MEANT = _by_synonym(_WORDS)
_CLOSE = _by_synonym(_NEAREST)


def key_for(word: str, known: Iterable[str]) -> str | None:
    """The key that another framework calls `word`, of those that are known."""
    return _first(word, known, _OURS)


def word_for(word: str, known: Iterable[str]) -> str | None:
    """The word of the language that says what `word` says elsewhere."""
    return _first(word, known, _MEANT)


def nearest_to(word: str, known: Iterable[str]) -> str | None:
    """The word of the language that comes nearest to what it has no word for."""
    return _first(word, known, _CLOSE)


def _first(word: str, known: Iterable[str], table: Mapping[str, list[str]]) -> str | None:
    bare, names = _bare(word), list(known)
    same = [name for name in names if _bare(name) == bare and name != word]
    return next((name for name in (*same, *table.get(bare, ())) if name in names), None)
