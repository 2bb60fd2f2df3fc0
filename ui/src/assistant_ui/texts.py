"""Every text of the chat page, in English and Chinese. Not for what plugins and answerers say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Texts:
    """The page's texts in one language; `{...}` are filled in with `str.format`."""

    code: str
    name: str
    title: str
    tagline: str
    new_conversation: str
    conversations: str
    no_conversations: str
    untitled: str
    delete_conversation: str
    delete_confirm: str
    menu: str
    switch_language: str
    switch_theme: str
    log_out: str
    placeholder: str
    composer: str
    attach: str
    record: str
    send: str
    stop: str
    stays: str
    leaves: str
    privacy: str
    no_cookie: str
    welcome: str
    welcome_hint: str
    try_one: str
    you: str
    assistant: str
    heard: str
    hint_empty: str
    working: str
    looking: str
    writing: str
    settling: str
    looked: str
    known: str
    stopped: str
    failed: str
    failed_remedy: str
    busy: str
    note_missed: str
    note_passed: str
    retry: str
    copy: str
    show_evidence: str
    rests_on: str
    more: str
    confident: str
    unsure: str
    abstained: str
    answered_by: str
    agrees: str
    disagrees: str
    answerer: str
    auto: str
    unavailable: str
    evidence: str
    evidence_empty: str
    evidence_waiting: str
    earlier: str
    enlarge: str
    shown_boxes: str
    transcript: str
    no_speech: str
    play_from: str
    frames: str
    who_said: str
    perceived_by: str
    what: str
    confidence: str
    missing: str
    remedy: str
    cited: str
    page_number: str
    plugin_failed: str
    chat: str
    panels: str
    settings: str
    settings_hint: str
    close: str
    changed: str
    default: str
    nothing: str
    back_to: str
    fixed_options: str
    set_by: str
    plugin_problems: str
    left_out: str
    again_in: str
    restarts: str
    resting: str
    rests_for: str
    plugin_states: dict[str, str]
    """By state of a perceiver, answerer, embedder or voice."""
    tiers: dict[str, str]
    """By where it works."""
    sorts: dict[str, str]
    """By what a plugin brings."""
    states: dict[str, str]
    """By perceiver state."""
    causes: dict[str, str]
    """By gap cause."""
    kinds: dict[str, str]
    """By observation kind."""
    examples: dict[str, tuple[str, str]]
    """By example: the card's title and the question it asks."""
    formats: Mapping[str, str] = field(default_factory=dict)
    """By media type: what plugins call the sorts of files that they read."""


ENGLISH: Final = Texts(
    code="en",
    name="English",
    title="Sensorium",
    tagline="Ask about what you see and hear",
    new_conversation="New conversation",
    conversations="Conversations",
    no_conversations="Your conversations will be listed here.",
    untitled="Untitled",
    delete_conversation="Delete “{title}”",
    delete_confirm="Delete this conversation and its files?",
    menu="Menu",
    switch_language="中文",
    switch_theme="Light or dark",
    log_out="Log out",
    placeholder="Ask a question…",
    composer="Your question, with pictures, sound or video",
    attach="Add pictures, sound or video",
    record="Record a voice message",
    send="Send (Enter)",
    stop="Stop (Esc)",
    stays="Everything is processed on this server.",
    leaves="To be answered, questions and files may be sent to {hosts}.",
    privacy="Answers can be wrong: check the evidence.",
    no_cookie="This browser refuses cookies, so the conversation is forgotten when the page is closed.",
    welcome="What would you like to understand?",
    welcome_hint="Drop in photographs, a voice message or a video, and ask. Every answer shows what it rests on.",
    try_one="Or try one of these",
    you="You",
    assistant="Sensorium",
    heard="Heard",
    hint_empty="Type a question, add a picture or record a voice message, then press Enter.",
    working="Getting ready",
    looking="Looking and listening",
    writing="Answering",
    settling="Answered; still looking at the rest, which further questions can use",
    looked="{done} of {all} checks done, the slowest in {time}",
    known="{done} of {all} checks were known already",
    stopped="Stopped.",
    failed="That did not work.",
    failed_remedy="Try again; if it happens once more, the server's log says why.",
    busy="An answer is still being written. Stop it first, or wait a moment.",
    note_missed="Not perceived",
    note_passed="Could not answer",
    retry="Ask again",
    copy="Copy the answer",
    show_evidence="Show the evidence",
    rests_on="Rests on",
    more="{count} more",
    confident="{percent} sure",
    unsure="Unsure: {percent}",
    abstained="Cannot tell",
    answered_by="Answered by {name}",
    agrees="Agrees with what was perceived",
    disagrees="Disagrees with what was perceived",
    answerer="Answered by",
    auto="the best that is ready",
    unavailable="{name} (not ready)",
    evidence="Evidence",
    evidence_empty="What is seen, heard and read in your files appears here: boxes on the picture, the transcript with "
    "its times, who says so, and what could not be perceived.",
    evidence_waiting="Nothing perceived yet",
    earlier="Earlier in this conversation",
    enlarge="Enlarge the picture",
    shown_boxes="Shown on the picture",
    transcript="Transcript",
    no_speech="No speech was heard.",
    play_from="Play from {time}",
    frames="Frames",
    who_said="Who says what",
    perceived_by="{name}: {count} observations",
    what="What",
    confidence="How sure",
    missing="Not perceived, and why",
    remedy="What helps",
    cited="The answer rests on this",
    page_number="Page {number}",
    plugin_failed="This page of the plugin could not be built ({error}). The chat works without it.",
    chat="Chat",
    panels="Pages",
    settings="Plugins and settings",
    settings_hint="What is installed and how it is doing. What you change here holds for your next questions, until "
    "this page is closed; files that were looked at already stay as they are.",
    close="Close",
    changed="changed",
    default="Usual: {value}",
    nothing="nothing set",
    back_to="Back to the usual: {value}",
    fixed_options="Set for everybody ({count})",
    set_by="In the settings: {line}",
    plugin_problems="What is wrong",
    left_out="Left out",
    again_in="Resting after failures; tried again in {seconds} s.",
    restarts="started again {count} times",
    resting="Resting after failures: {names}",
    rests_for="{name} (tried again in {seconds} s)",
    plugin_states={
        "ready": "ready",
        "loading": "loading",
        "resting": "resting",
        "busy": "busy",
        "not_configured": "not set up",
        "no_weights": "weights missing",
        "missing_library": "library missing",
    },
    tiers={"thread": "in this process", "process": "in its own process", "environment": "in its own environment"},
    sorts={
        "perceivers": "perceives",
        "answerers": "answers",
        "embedders": "compares",
        "voices": "speaks",
        "formats": "Files",
        "panels": "Pages",
    },
    states={
        "queued": "waiting",
        "loading": "loading the model",
        "running": "at work",
        "done": "done in {time}",
        "cached": "known already",
        "skipped": "skipped: {reason}",
        "failed": "failed: {reason}",
    },
    causes={
        "no_plugin": "No plugin for it",
        "no_weights": "Model weights missing",
        "missing_library": "A library is missing",
        "timeout": "Took too long",
        "crashed": "The plugin failed",
        "unreadable": "Unreadable file",
        "refused": "File refused",
        "cancelled": "Stopped",
        "paused": "Plugin is resting",
        "not_configured": "Not set up",
    },
    kinds={
        "image_facts": "Picture",
        "object": "Object",
        "label": "Scene",
        "concepts": "Probable things",
        "shape": "Shape",
        "text_line": "Text",
        "color": "Colour",
        "face": "Face",
        "caption": "Caption",
        "transcript_segment": "Speech",
        "transcript": "Transcript",
        "no_speech": "No speech",
        "language": "Language",
        "keyword": "Keyword",
        "sentiment": "Sentiment",
        "video_facts": "Video",
        "barcode": "Barcode",
        "document_facts": "Document",
    },
    examples={
        "shapes": ("Count and compare", "How many circles are there?"),
        "sign": ("Read a sign", "What does the sign say?"),
        "voice": ("Listen to a voice message", "What did they say?"),
    },
)

CHINESE: Final = Texts(
    code="zh",
    name="中文",
    title="Sensorium",
    tagline="看到的、听到的，尽管问",
    new_conversation="新对话",
    conversations="对话记录",
    no_conversations="您的对话会列在这里。",
    untitled="未命名",
    delete_conversation="删除“{title}”",
    delete_confirm="要删除这个对话及其文件吗？",
    menu="菜单",
    switch_language="English",
    switch_theme="浅色或深色",
    log_out="退出登录",
    placeholder="请输入问题……",
    composer="您的问题，可附图片、声音或视频",
    attach="添加图片、声音或视频",
    record="录一段语音",
    send="发送（回车）",
    stop="停止（Esc）",
    stays="所有内容都在本服务器上处理。",
    leaves="为了回答，问题和文件可能会发送到 {hosts}。",
    privacy="回答可能有误，请核对依据。",
    no_cookie="浏览器拒绝了 Cookie，关闭页面后本次对话将不会保留。",
    welcome="想了解什么？",
    welcome_hint="放入照片、语音或视频，然后提问。每个回答都会给出依据。",
    try_one="也可以试试这些例子",
    you="您",
    assistant="Sensorium",
    heard="听到",
    hint_empty="请输入问题、添加图片或录一段语音，然后按回车键。",
    working="正在准备",
    looking="正在看和听",
    writing="正在回答",
    settling="已回答；其余内容仍在感知，供后续提问使用",
    looked="{all} 项检查完成 {done} 项，最慢的用时 {time}",
    known="{all} 项检查中有 {done} 项此前已得出",
    stopped="已停止。",
    failed="没有成功。",
    failed_remedy="请再试一次；如果仍然失败，服务器日志会说明原因。",
    busy="上一个回答还没有写完。请先停止，或稍等片刻。",
    note_missed="未能感知",
    note_passed="未能回答",
    retry="再问一次",
    copy="复制回答",
    show_evidence="查看依据",
    rests_on="依据",
    more="另有 {count} 项",
    confident="把握 {percent}",
    unsure="不确定：{percent}",
    abstained="无法判断",
    answered_by="由 {name} 回答",
    agrees="与感知结果一致",
    disagrees="与感知结果不一致",
    answerer="回答者",
    auto="自动选择最佳",
    unavailable="{name}（未就绪）",
    evidence="依据",
    evidence_empty="从您的文件中看到、听到和读到的内容会显示在这里：图片上的方框、带时间的文字记录、由谁得出，以及哪些内容未能感知。",
    evidence_waiting="还没有感知到内容",
    earlier="本对话较早的内容",
    enlarge="放大图片",
    shown_boxes="图片上显示",
    transcript="文字记录",
    no_speech="没有听到说话声。",
    play_from="从 {time} 开始播放",
    frames="画面",
    who_said="谁得出了什么",
    perceived_by="{name}：{count} 项观察",
    what="内容",
    confidence="把握",
    missing="未能感知的内容及原因",
    remedy="解决办法",
    cited="回答以此为依据",
    page_number="第 {number} 页",
    plugin_failed="该插件的页面无法建立（{error}）。对话不受影响。",
    chat="对话",
    panels="页面",
    settings="插件与设置",
    settings_hint="已安装的插件及其状态。在此所作的更改对您接下来的提问有效，直到关闭本页；已感知过的文件保持不变。",
    close="关闭",
    changed="已更改",
    default="默认：{value}",
    nothing="未设置",
    back_to="恢复默认：{value}",
    fixed_options="统一设置（{count} 项）",
    set_by="在设置中：{line}",
    plugin_problems="存在的问题",
    left_out="已停用",
    again_in="因多次失败暂停，{seconds} 秒后重试。",
    restarts="已重启 {count} 次",
    resting="因多次失败暂停：{names}",
    rests_for="{name}（{seconds} 秒后重试）",
    plugin_states={
        "ready": "就绪",
        "loading": "正在加载",
        "resting": "暂停中",
        "busy": "忙",
        "not_configured": "未配置",
        "no_weights": "缺少权重",
        "missing_library": "缺少程序库",
    },
    tiers={"thread": "在本进程中", "process": "在独立进程中", "environment": "在独立环境中"},
    sorts={
        "perceivers": "感知",
        "answerers": "回答",
        "embedders": "比较",
        "voices": "朗读",
        "formats": "文件",
        "panels": "页面",
    },
    states={
        "queued": "等待中",
        "loading": "正在加载模型",
        "running": "进行中",
        "done": "完成，{time}",
        "cached": "此前已得出",
        "skipped": "已跳过：{reason}",
        "failed": "失败：{reason}",
    },
    causes={
        "no_plugin": "没有相应插件",
        "no_weights": "缺少模型权重",
        "missing_library": "缺少程序库",
        "timeout": "耗时过长",
        "crashed": "插件出错",
        "unreadable": "文件无法读取",
        "refused": "文件被拒绝",
        "cancelled": "已停止",
        "paused": "插件暂停中",
        "not_configured": "未配置",
    },
    kinds={
        "image_facts": "图片",
        "object": "物体",
        "label": "场景",
        "concepts": "可能有",
        "shape": "形状",
        "text_line": "文字",
        "color": "颜色",
        "face": "人脸",
        "caption": "描述",
        "transcript_segment": "语音",
        "transcript": "文字记录",
        "no_speech": "无语音",
        "language": "语言",
        "keyword": "关键词",
        "sentiment": "情绪",
        "video_facts": "视频",
        "barcode": "条码",
        "document_facts": "文档",
    },
    examples={
        "shapes": ("数一数、比一比", "图中有几个圆？"),
        "sign": ("读出标牌", "牌子上写着什么？"),
        "voice": ("听一段语音", "他说了什么？"),
    },
)

LANGUAGES: Final = {texts.code: texts for texts in (ENGLISH, CHINESE)}


def choose(chosen: str | None, accepted: str = "") -> Texts:
    """The texts of the language chosen earlier, or else of the first we have among an Accept-Language header's."""
    if chosen in LANGUAGES:
        return LANGUAGES[chosen]
    for offer in accepted.split(","):
        code = offer.split(";")[0].strip().lower().split("-")[0]
        if code in LANGUAGES:
            return LANGUAGES[code]
    return ENGLISH
