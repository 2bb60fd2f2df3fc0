"""What the reasoner says, in Chinese: the answers to the questions that languages.py understands. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from assistant_reasoner.languages import CHINESE, CHINESE_COLORS

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {english: word for word, english in reversed(tuple(CHINESE.items()))}
)
"""English name -> Chinese: the first word of each line of the table."""
COLORS: Final[Mapping[str, str]] = MappingProxyType(
    {english: f"{word}色" for word, english in reversed(tuple(CHINESE_COLORS.items()))}
)
PLACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "top left": "左上方",
        "top": "上方",
        "top right": "右上方",
        "left": "左边",
        "centre": "中间",
        "right": "右边",
        "bottom left": "左下方",
        "bottom": "下方",
        "bottom right": "右下方",
        "whole picture": "画面的大部分",
    }
)
SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "yes_one": "有，我在{where}看到{thing}（把握 {sure}）。",
        "yes_many": "有，我看到{things}，最清楚的在{where}（把握 {sure}）。",
        "yes_seen": "有，我看到{things}（把握 {sure}）。",
        "probably_one": "可能有：{where}的东西像{thing}，但我只有 {sure} 的把握。",
        "yes_label": "可能有：整张图片看起来像{label}（{sure}）。",
        "no": "图里{no_thing}，至少我没看到。",
        "no_shape": "画出的形状里{no_thing}。",
        "no_sure": "把握大约 {sure}：小的东西我可能会漏掉。",
        "true_none": "对，图里{no_thing}。",
        "no_but": "不，有：我在{where}看到{thing}（把握 {sure}）。",
        "number_yes": "是的，我数到{things}。",
        "number_no": "不是，我数到{things}。",
        "count_one": "我数到 1 个{thing}，在{where}（把握 {sure}）。",
        "count_many": "我数到{things}（把握 {sure}）。",
        "count_none": "0 个：图里{no_thing}（把握 {sure}）。",
        "count_possible": "可能还有 {more} 个，但我不太确定。",
        "count_least": "我数到至少{things}（把握 {sure}），确切数目难说。",
        "count_crowd": "人或物很多时我会漏掉一些，请把它当作下限。",
        "count_total": "一共{things}。",
        "placed": "位置：{places}。",
        "color": "{thing}是{color}（把握 {sure}）。",
        "color_mixed": "{thing}主要是{color}，还有一些{others}（把握 {sure}）。",
        "colors_each": "我看到{list}。",
        "colors_picture": "主要颜色是{list}。",
        "where_one": "{thing}在{where}（把握 {sure}）。",
        "where_many": "我看到{things}：{places}。",
        "related_none": "在那里我没有认出任何东西。",
        "what": "看起来像{thing}（把握 {sure}）。",
        "what_list": "我看到{list}。",
        "what_label": "可能是{thing}（{sure}），我不确定。",
        "what_closer": "更具体地说，像{label}（{sure}）。",
        "describe": "我看到：{caption}",
        "describe_in": "{name}：{caption}",
        "describe_nothing": "在{name}里我什么也没认出来。",
        "describe_reads": "文字是{text}。",
        "read": "上面写着：{text}。",
        "read_sure": "识别的把握是 {sure}。",
        "read_none": "在{name}里我没有找到文字。",
        "read_yes": "有文字：{text}。",
        "size": "大小是 {width} x {height} 像素。",
        "said": "我听到：{text}。",
        "said_in": "在{name}里我听到：{text}。",
        "said_sure": "对这些话的把握是 {sure}。",
        "said_none": "在{name}里我没有听到说话。",
        "said_about": "关于{topic}，他们说：{list}",
        "said_about_none": "我没有听到关于{topic}的内容。",
        "said_when": "{topic}出现在 {times}。",
        "said_when_in": "原话是：{text}。",
        "said_yes": "有，提到了{topic}（{count}）：{list}",
        "said_no": "没有，我没听到{topic}。",
        "language": "是{language}（把握 {sure}）。",
        "feels": "听起来{feeling}（把握 {sure}）。",
        "feels_quote": "最明显的一句：{text}（{feeling}）。",
        "feels_words_only": "这里只根据词句判断，没有根据声音或表情。",
        "compare_only": "只在{name}里有：{list}。",
        "compare_both": "两张里都有：{list}。",
        "compare_need_two": "比较需要两张图片，我有 {count} 张。",
        "compare_alike": "就我认出的内容来说，没有区别。",
        "cannot": "根据我感知到的内容，我无法判断：{reason}。",
        "cannot_see": "我无法判断有没有{thing}：{reason}。",
        "unknown_class": "已安装的插件都不认识{things}",
        "not_found": "在{name}里{no_thing}",
        "no_plugin": "没有安装能提供“{what}”的插件",
        "not_perceived": "在{name}里没有感知到“{what}”",
        "do_see": "我看到的是：{caption}",
        "no_picture": "还没有图片。请发一张图片（JPEG、PNG、WebP 等）再问我。",
        "no_recording": "还没有录音。请发一条语音或一个音频文件再问我。",
        "greeting": "你好！发给我一张图片、一段语音或视频，然后向我提问吧。",
        "greeting_files": "你好！关于你发的内容，随时问我。",
        "greeting_again": "你好！关于你发的内容，随时问我。",
        "thanks": "不客气！",
        "goodbye": "再见！",
        "identity": "我是 Sensorium，一个根据感知到的内容回答问题并给出依据的程序，不是人。",
        "capabilities": "我根据你发来的图片、录音、视频和文字回答问题，并展示依据。",
        "can_ask": "例如可以问：“图里有什么？”“有几个人？”“车是什么颜色？”“上面写了什么？”“他们说了什么？”",
        "place": "看起来像{place}（把握 {sure}）：我看到{list}。",
        "place_hint": "可能是{place}，但我只有 {sure} 的把握：我看到{list}。",
        "unknown": "我没有听懂这个问题。",
    }
)
FEELINGS: Final[Mapping[str, str]] = MappingProxyType(
    {"positive": "积极", "negative": "消极", "neutral": "中性", "mixed": "复杂"}
)
LANGUAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "英语",
        "zh": "中文",
        "yue": "粤语",
        "ja": "日语",
        "ko": "韩语",
        "de": "德语",
        "fr": "法语",
        "es": "西班牙语",
        "ru": "俄语",
        "it": "意大利语",
    }
)
