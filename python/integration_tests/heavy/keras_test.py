"""Keras 3: pruned, changed live, taken back. Needs keras, a backend, and pytest: scripts/test --frameworks."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from live import check_pruning, raise_model  # noqa: E402
from sterlet.integrations.keras import SterletCallback  # noqa: E402

MODEL = """
import os
os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

def make_data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(160, 4)).astype("float32")
    return x, (x[:, 0] * x[:, 1] + x[:, 2]).astype("float32")[:, None]

def make_model(rate):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dropout(0.1),
                              keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    return model
"""
PROGRAM = MODEL + """
from sterlet.integrations.keras import SterletCallback
x, y = make_data()
callback = SterletCallback(trial, {"loss": "val_loss"})
make_model(rate).fit(x[:128], y[:128], validation_data=(x[128:], y[128:]), epochs=callback.left(STEPS), batch_size=32,
                     shuffle=False, verbose=0, callbacks=[callback])
"""


def train(trial, rate):
    place = {}
    exec(MODEL, place)
    x, y = place["make_data"]()
    told = place["make_model"](rate).fit(
        x[:128], y[:128], validation_data=(x[128:], y[128:]), epochs=8, batch_size=32, shuffle=False, verbose=0,
        callbacks=[SterletCallback(trial, "val_loss")])
    return told.history["val_loss"][-1]


def test_hopeless_trials_end_early():
    assert np.isfinite(check_pruning(train, 8).best_value)


def test_a_change_and_its_undo(tmp_path):
    raise_model(tmp_path, PROGRAM, tolerance=1e-4)


def test_backend():
    assert keras.backend.backend() == os.environ["KERAS_BACKEND"]
