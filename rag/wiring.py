"""Puts the pieces together from settings: the one place that knows which encoder and which generator are used."""

from __future__ import annotations

from index.encode import SentenceTransformerEncoder
from index.library import Library
from rag import confidence, models, templates
from rag.assistant import Assistant
from rag.checking import Checker
from rag.close_reading import CloseReader
from rag.errors import ModelMissing
from rag.generate import LlamaGenerator
from rag.generator import Generator
from rag.settings import Settings


def open_library(settings: Settings) -> Library:
    """The library in the settings' home. Raises ModelMissing, EncoderError, StoreError."""
    return Library(settings.index, SentenceTransformerEncoder(models.embedding_model_path(settings)))


def open_generator(settings: Settings) -> Generator:
    """The answering model, loaded at its first use."""
    path = models.answering_model_path(settings)
    identity = models.identity(path, settings)
    calibration = confidence.load(identity.sha256)
    return LlamaGenerator(
        path, identity, settings.context_tokens, settings.threads, calibration.layers, calibration.adapters
    )


def open_checker(settings: Settings, quick: bool = False) -> Checker:
    """A checker on the library in the settings' home. Unless it is to be `quick`, the answering model reads each
    sentence with what it cites, where it is installed."""
    encoder = SentenceTransformerEncoder(models.embedding_model_path(settings))
    return Checker(Library(settings.index, encoder), encoder, settings, None if quick else _reader(settings))


def _reader(settings: Settings) -> CloseReader | None:
    try:
        generator = open_generator(settings)
    except ModelMissing:
        return None
    return CloseReader(generator, templates.load(), confidence.load(generator.identity.sha256))


def open_assistant(settings: Settings) -> Assistant:
    """An assistant on the library in the settings' home; models are loaded at the first question or by `warm`."""
    encoder = SentenceTransformerEncoder(models.embedding_model_path(settings))
    generator = open_generator(settings)
    calibration = confidence.load(generator.identity.sha256)
    return Assistant(Library(settings.index, encoder), encoder, generator, templates.load(), calibration, settings)
