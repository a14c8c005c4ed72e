"""Hugging Face Transformers: pruned, changed live, taken back. Needs transformers, accelerate, torch and pytest."""

import pytest

import sterlet
from live import check_pruning, raise_model
from sterlet.distributions import FloatDistribution

MODEL = """
import os
os.environ["HF_HUB_OFFLINE"] = "1"
import torch, transformers
torch.set_num_threads(1)

class Pairs(torch.utils.data.Dataset):
    # Which of two words comes first.
    def __init__(self, count, seed):
        generator = torch.Generator().manual_seed(seed)
        self.words = torch.randint(4, 20, (count, 6), generator=generator)
        self.labels = (self.words[:, 1] > self.words[:, 2]).long()

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, place):
        return {"input_ids": self.words[place], "attention_mask": torch.ones(6, dtype=torch.long),
                "labels": self.labels[place]}

def make_model():
    torch.manual_seed(1)
    config = transformers.BertConfig(vocab_size=20, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
                                     intermediate_size=16, max_position_embeddings=8, num_labels=2)
    return transformers.BertForSequenceClassification(config)

def make_trainer(folder, rate, steps, batch=16):
    arguments = transformers.TrainingArguments(
        folder, learning_rate=rate, max_steps=steps, per_device_train_batch_size=batch, eval_strategy="steps",
        eval_steps=1, save_strategy="no", report_to=[], use_cpu=True, disable_tqdm=True, logging_strategy="no", seed=1,
        lr_scheduler_type="constant")
    return transformers.Trainer(args=arguments, model_init=make_model, train_dataset=Pairs(64, 1),
                                eval_dataset=Pairs(32, 2))
"""
PROGRAM = MODEL + """
from sterlet.integrations.transformers import SterletCallback
# One batch in one order: the Trainer's own place in the data is not part of a checkpoint.
trainer = make_trainer("out", rate, STEPS, batch=64)
trainer._get_train_sampler = lambda *one: torch.utils.data.SequentialSampler(trainer.train_dataset)
trainer.add_callback(SterletCallback(trial, {"loss": "eval_loss"}))
trainer.train()
"""


def made(folder, rate=1e-3, steps=6):
    place = {}
    exec(MODEL, place)
    return place["make_trainer"](str(folder), rate, steps)


def test_hopeless_trials_end_early(tmp_path):
    from sterlet.integrations.transformers import SterletCallback

    def train(trial, rate):
        trainer = made(tmp_path, rate / 10)
        trainer.add_callback(SterletCallback(trial, "eval_loss"))
        trainer.train()
        return trainer.evaluate()["eval_loss"]

    check_pruning(train, 6)


def test_search_finds_arguments(tmp_path):
    from sterlet.integrations.transformers import search

    sterlet.logging.set_verbosity(sterlet.logging.ERROR)
    trainer = made(tmp_path)
    study = search(trainer, {"learning_rate": FloatDistribution(1e-5, 1e-1, log=True), "weight_decay": [0.0, 0.1]}, 4,
                   sampler=sterlet.samplers.RandomSampler(seed=1))
    assert len(study.trials) == 4 and all(trial.state.is_finished() for trial in study.trials)
    assert {"learning_rate", "weight_decay"} == set(study.best_params)
    assert trainer.args.learning_rate == 1e-3
    with pytest.raises(ValueError, match="no 'learning_rte'"):
        search(trainer, {"learning_rte": [1, 2]}, 1)
    trainer.model_init = None
    with pytest.raises(ValueError, match="model_init"):
        search(trainer, {"learning_rate": [1e-3]}, 1)


def test_a_change_and_its_undo(tmp_path):
    raise_model(tmp_path, PROGRAM, tolerance=1e-4, steps=25)
