"""What the reasoner says, in Chinese. Data only: see tongue.py for its form."""

from __future__ import annotations

from typing import Final

from assistant_reasoner.tongue import Tongue, rows

CHINESE: Final = Tongue(
    code="zh",
    name="中文",
    spaced=False,
    listing=("、", "和"),
    forms={
        "bare": "{c}~{n}",
        "many": "{c}~{n}",
        "a": "一{l}{c}~{n}",
        "nom": "一{l}{c}~{n}",
        "the": "{c}~{n}",
        "no": "没有{c}~{n}",
        "count": "{k} {l}{c}~{n}",
        "one": "1 {l}{c}~{n}",
    },
    colors=rows(
        """
red = 红色
orange = 橙色
yellow = 黄色
green = 绿色
blue = 蓝色
purple = 紫色
pink = 粉色
brown = 棕色
black = 黑色
white = 白色
gray = 灰色
teal = 青色
beige = 米色
"""
    ),
    places=rows(
        """
top left = 左上方
top = 上方
top right = 右上方
left = 左边
centre = 中间
right = 右边
bottom left = 左下方
bottom = 下方
bottom right = 右下方
foreground = 前景
background = 背景
whole picture = 画面的大部分
"""
    ),
    relations=rows(
        """
left_of = 在{x}的左边
right_of = 在{x}的右边
above = 在{x}的上方
below = 在{x}的下方
inside = 在{x}里面
on = 在{x}上
next_to = 在{x}旁边
touching = 接触到{x}
far_from = 离{x}很远
in_front = 在{x}前面
behind = 在{x}后面
bigger = 比{x}大
"""
    ),
    words=rows(
        """
Yes = 有
Probably = 可能有
No = 没有
Probably not = 可能没有
yes = 是
no = 不是
true = 对
false = 错
none = 没有
indoors = 室内
outdoors = 室外
positive = 积极
negative = 消极
neutral = 中性
mixed = 复杂
once = 1 次
times = {k} 次
at = {time}
frame = （{time} 的画面）
picture = 图片
video = 视频
recording = 录音
picture_n = 图片 {k}
video_n = 视频 {k}
recording_n = 录音 {k}
brighter = 更亮
darker = 更暗
sharper = 更清晰
bigger = 更大
smaller = 更小
dark = 暗
bright = 亮
landscape = 横向
portrait = 纵向
square = 正方形
supported = 相符
contradicted = 不相符
unclear = 无法判断
the speaker = 说话的人
the text = 这段文字
the face = 脸
"""
    ),
    languages=rows(
        """
en = 英语
de = 德语
fr = 法语
es = 西班牙语
it = 意大利语
zh = 中文
yue = 粤语
ja = 日语
ko = 韩语
ru = 俄语
pt = 葡萄牙语
nl = 荷兰语
ar = 阿拉伯语
vi = 越南语
pl = 波兰语
tr = 土耳其语
"""
    ),
    kinds=rows(
        """
object = 物体
label = 整张图片的内容
shape = 形状
text_line = 文字
color = 颜色
face = 人脸
transcript = 说话内容
transcript_segment = 说话内容
sentiment = 情绪
image_facts = 大小和清晰度
video_facts = 时长
language = 语言
"""
    ),
    sentences=rows(
        """
concept_yes_zero-shot = {lead:word}：我没有专门找{things}，但整张图片看起来像是有（把握 {sure}）。
concept_no_zero-shot = {lead:word}：我没有专门找{things}，但整张图片看起来不像有（把握 {sure}）。
concept_yes_company = {lead:word}：我没有专门找{things}，但它通常和我看到的东西一起出现（把握 {sure}）。
concept_no_company = {lead:word}：我没有专门找{things}，但它很少和我看到的东西一起出现（把握 {sure}）。
concept_yes_seen = {lead:word}：我感知到的内容表明有{things}（把握 {sure}）。
concept_no_seen = {lead:word}：我看过了，感知到的内容表明没有{things}（把握 {sure}）。
concept_doubt = 我感知到的内容看不出有没有{things}
guess = 我最可能的猜测是{short}，{sure}。
guess_blind = 如果瞎猜，我会说{short}，{sure}。
unjudged = 是不是真的{words}，我无法判断。
has_color_all_yes = 是的，{count} 个都是{color}的（把握 {sure}）。
has_color_all_no = 不是，{total} 个中有 {count} 个不是{color}的（把握 {sure}）。
stands_doubt = 从边框看不出来
extreme_equal = 在图里看起来一样（把握 {sure}）。
extreme_note = 这是图里的大小，不是实际大小。
value = {name}旁边写着{value}。
value_alone = 写着{value}。
value_others = 其他可能的读法：{list}。
brightness = 平均亮度是 {value}（满分 100）。
blurred_yes = 是的，看起来模糊（清晰度 {value}/100）。
blurred_no = 不，看起来够清晰（清晰度 {value}/100）。
sharp_yes = 是的，看起来清晰（清晰度 {value}/100）。
sharp_no = 不，看起来模糊（清晰度 {value}/100）。
gray_yes = 是黑白的。
gray_no = 是彩色的。
orientation = {width} x {height} 像素。
pictures_yes = 是的，就我看到的来说（把握 {sure}）。
pictures_no = 不是，就我看到的来说（把握 {sure}）。
pictures_doubt = 从图片里看不出来
closest_somewhere = 图里
wearing = 我分不清衣服。
material = 我判断不了材料。
praise = 谢谢！我说的都可以用显示的依据核对。
blame = 我可能会错：我的回答取决于我感知到的内容。
missed = 我没能感知到的：{list}。
yes_one = 有，我在{where}看到{thing}（把握 {sure}）。
yes_many = 有，我看到{things}，最清楚的在{where}（把握 {sure}）。
yes_seen = 有，我看到{things}（把握 {sure}）。
probably_one = 可能有：{where}的东西像{thing}，但我只有 {sure} 的把握。
yes_label = 可能有：整张图片看起来像{label}（{sure}）。
follows_yes = 可能有：我没有直接认出{things}，但这看起来像{place}：我看到{seen}。
follows_no = 可能没有：我没有直接认出{things}，但这看起来像{place}：我看到{seen}。
yes_text = 有，是文字：上面写着{text}。
no = 图里{no_thing}，至少我没看到。
no_sure = 把握大约 {sure}：小的东西我可能会漏掉。
no_shape = 画出的形状里{no_thing}。
no_almost = 最接近的是{where}的{thing:bare}，只有 {sure}。
not_color = 我看到了{things}，但颜色是{color}。
true_none = 对，图里{no_thing}。
no_but = 不，有：我在{where}看到{thing}（把握 {sure}）。
number_yes = 是的，我数到{things}。
number_no = 不是，我数到{things}。
count_one = 我数到 {thing:one}，在{where}（把握 {sure}）。
count_many = 我数到 {things}（把握 {sure}）。
count_least = 我数到至少 {things}（把握 {sure}），确切数目难说。
count_none = 0：图里{no_thing}（把握 {sure}）。
count_possible = 可能还有 {more} 个，但我不太确定。
count_crowd = 数量很多时我会漏掉一些，请把它当作下限。
count_total = 一共 {things}。
placed = 位置：{places}。
color = {thing:the}是{color}的（把握 {sure}）。
color_mixed = {thing:the}主要是{color}，还有一些{others}（把握 {sure}）。
colors_each = 我看到{list}。
colors_picture = 主要颜色是{list}。
has_color_yes = 是的，{thing:the}是{color}的（把握 {sure}）。
has_color_no = 不是，{thing:the}看起来是{actual}，不是{color}（把握 {sure}）。
where_one = {thing:the}在{where}（把握 {sure}）。
where_many = 我看到 {things}：{places}。
in_region_yes = 是的，{thing:the}在{where}（把握 {sure}）。
in_region_no = 不是，{thing:the}在{where}（把握 {sure}）。
stands_yes = 是的，从边框来看，{subject:the}{relation:anchor}（把握 {sure}）。
stands_no = 不是，从边框来看，{subject:the}并不{relation:anchor}（把握 {sure}）。
stands_at = {subject:the}在{first}，{anchor:the}在{second}。
unjudged_relation = 我所依据的边框看不出这种关系
extreme = 在图里{thing:the}更突出：占 {share}，相比之下{others}（把握 {sure}）。
related_none = 在那里我没有认出任何东西。
what = 看起来像{thing}（把握 {sure}）。
what_list = 我看到{list}。
what_label = 可能是{thing}（{sure}），我不确定。
what_closer = 更具体地说，像{label}（{sure}）。
what_kind_only = 我认出了{thing}，但不知道是哪一种。
is_a_yes = 是的，看起来像{thing}（把握 {sure}）。
is_a_no = 不是，看起来更像{actual}，而不是{thing}（把握 {sure}）。
region_none = 在{where}我没有认出任何东西。
describe = 我看到：{caption}
describe_in = {name}：{caption}
describe_video = 视频里有{list}。
describe_nothing = 在{name}里我什么也没认出来。
describe_reads = 文字是{text}。
place = 看起来像{place:bare}（把握 {sure}）：我看到{list}。
place_hint = 可能是{place:bare}，但我只有 {sure} 的把握：我看到{list}。
place_yes = 是的，看起来像{place:bare}（把握 {sure}）：我看到{list}。
place_no = 不是，看起来更像{actual:bare}，而不是{place:bare}（把握 {sure}）：我看到{list}。
read = 上面写着：{text}。
read_on = {holder:the}上写着：{text}。
read_sure = 识别的把握是 {sure}。
read_none = 在{name}里我没有找到文字。
read_yes = 有文字：{text}。
read_word_yes = 有，我在{where}读到{text}（把握 {sure}）。
read_word_no = 没有，那里没有{text}。我读到的是{read}。
read_word_none = 没有，在{name}里我没有找到文字，所以也没有{text}。
read_numbers = 我读到数字{text}（把握 {sure}）。
read_no_numbers = 那里我没有读到数字。
size = 大小是 {width} x {height} 像素。
video_length = 视频长 {seconds}。
said = 我听到：{text}。
said_in = 在{name}里我听到：{text}。
said_language = 说的是{language}（把握 {sure}）。
said_sure = 对这些话的把握是 {sure}。
said_none = 在{name}里我没有听到说话。
said_about = 关于{topic}，他们说：{list}
said_about_none = 我没有听到关于{topic}的内容。
said_when = {topic}出现在 {times}。
said_when_in = 原话是：{text}。
said_yes = 有，提到了{topic}（{count}）：{list}
said_no = 没有，我没听到{topic}。
said_times = {topic}说了 {count}。
said_speech_yes = 有人说话：{text}。
said_speech_no = 没有人说话。
said_length = {name}长 {seconds}。
said_at = 那时我听到：{list}。
said_at_none = 那时我没有听到说话。
said_nearest = 时间上最近的是：{list}。
said_first = 最开始的话是{text}（{time}）。
said_last = 最后的话是{text}（{time}）。
said_summary = 大意是：{list}。
said_numbers = 我听到这些数字：{list}。
said_names = 我听到这些名字：{list}。
said_prices = 我听到这些价格：{list}。
said_dates = 我听到这些日期或时间：{list}。
said_found_none = 我没有听到这样的内容。
said_longer = {name}里说话的时间更长：{seconds}，相比之下{others}。
said_one_speaker = 在同一段录音里我分不清不同的人。
said_related = 可能有，换了说法：{list}（把握 {sure}）。
said_after = 在{topic}之后我听到：{list}。
said_before = 在{topic}之前我听到：{list}。
said_after_none = 那时没有别的话。
said_while = 看到{thing:the}的时候，我听到：{list}。
said_while_none = 看到{thing:the}的时候，我没有听到说话。
language = 是{language}（把握 {sure}）。
language_no = 不是，听起来像{language}（把握 {sure}）。
language_yes = 是的，是{language}（把握 {sure}）。
who_speaks = 我分不清是谁在说话：我能认出话语，认不出声音。
feels = 听起来{feeling}（把握 {sure}）。
feels_yes = 是的，听起来{feeling}（把握 {sure}）。
feels_no = 不是，听起来{feeling}（把握 {sure}）。
feels_quote = 最明显的一句：{text}（{feeling}）。
feels_words_only = 这里只根据词句判断，没有根据声音或表情。
compare_only = 只在{name}里有：{list}。
compare_both = 两张里都有：{list}。
compare_count = {name}：{list}。
compare_light = {name}比{other}{word:word}。
compare_same_bytes = 这就是同一张图片。
compare_differ = 不一样。
compare_need_two = 比较需要两张图片，我有 {count} 张。
shared_none = 就我认出的内容来说，没有这样的东西。
compare_alike = 就我认出的内容来说，没有区别。
compare_which = {name}：{why}。
compare_none = 都没有：图里{no_thing}。
compare_equal = 在这方面一样。
choose = {option:thing}：{why}
choose_guess = 其中最符合的是{option:thing}，但我只有 {sure} 的把握。
appears = {thing:the}出现在 {times}（把握 {sure}）。
appears_note = 我看了 {count} 个画面，确切的时刻可能在它们之间。
video_seen = 在看过的 {total} 个画面中，有 {count} 个看到{thing:the}，最早在 {first}，最晚在 {last}（把握 {sure}）。
video_enters = 出现的时刻在 {low} 到 {high} 之间。
video_leaves = 消失的时刻在 {low} 到 {high} 之间。
video_start = 看过的第一个画面里已经有了。
video_end = 看过的最后一个画面里还有。
video_lasts = 至少看得到 {least}，最多 {most}。
video_most = 同时最多 {things}，{where}（把握 {sure}）。
video_shows = {time}：我看到{list}
video_says = {time}：我听到{text}
video_new = 最后新出现的：{list}。
video_gone = 最后不见了的：{list}。
video_same = 从开始到结束，我认出的内容没有变化。
agree_yes = 是的，就我能核对的来说，是相符的（把握 {sure}）。
agree_no = 不，不相符（把握 {sure}）。
agree_unclear = 根据我感知到的内容，无法核对。
agree_supported = {claim}：相符，我看到{seen}。
agree_contradicted = {claim}：不相符，我看到{seen}。
agree_unknown = {claim}：无法判断。
agree_reads = {claim}：上面也写着，{seen}。
about_which = 最符合的是{name}（把握 {sure}）：{list}。
about_which_none = 没有哪张图片明显符合所说的内容。
same_place_yes = 可能是同一类地方：{place:bare}（把握 {sure}）。是不是同一个地方，我无法判断。
same_place_no = 可能不是：{name}像{place:bare}，{other}更像{second:bare}（把握 {sure}）。
cannot = 根据我感知到的内容，我无法判断：{reason}。
cannot_see = 我无法判断有没有{thing:bare}：{reason}。
unknown_class = 已安装的插件都不认识{things}
not_found = 在{name}里{no_thing}
no_plugin = 没有安装能提供“{what}”的插件
not_perceived = 在{name}里没有感知到“{what}”
do_see = 我看到的是：{caption}
no_picture = 还没有图片。请发一张图片（JPEG、PNG、WebP 等）再问我。
no_recording = 还没有录音。请发一条语音或一个音频文件再问我。
no_video = 还没有视频。请发一个再问我。
no_such_picture = 没有第 {index} 张图片，我有 {count} 张。
who = 我认不出是谁：我能看出有人，看不出是谁。
activity = 我能认出东西，认不出动作，所以不知道在做什么。
why = 我无法说明原因：我只能感知到有什么。
age = 我判断不了年龄。
gender = 我判断不了性别。
weather = 我判断不了天气。
time = 从图片里我看不出时间或季节。
price = 除非图里写着，我不知道价格。
sound_only = 我只能识别说话，不能识别其他声音。
feeling = 我无法从图片判断心情。
emotion = 我无法从表情判断情绪。
voice_message = 语音
remark = 如果这是一个问题，我没有听懂。
world = 我只回答关于你发来的内容的问题，不回答一般性的问题。
closest_heard = 我听到的最接近的一句：{text}（{time}）。
closest_read = 我读到的最接近的一行：{text}（{where}）。
closest_sure = 我引用它，因为说的是同一件事；它能回答问题的把握是 {sure}。
greeting = 你好！发给我一张图片、一段语音或视频，然后向我提问吧。
greeting_files = 你好！关于你发的内容，随时问我。
greeting_again = 你好！关于你发的内容，随时问我。
thanks = 不客气！
goodbye = 再见！
acknowledge = 好的。
mood = 我很好，谢谢。要我看什么或听什么？
identity = 我是 Sensorium，一个根据感知到的内容回答问题并给出依据的程序，不是人。
capabilities = 我根据你发来的图片、录音、视频和文字回答问题，并展示依据。
can_ask = 例如可以问：“图里有什么？”“有几个人？”“车是什么颜色？”“上面写了什么？”“他们说了什么？”
unknown = 我没有听懂这个问题。
evidence = 我的依据是：{list}。
evidence_none = 我没有感知到支持它的内容，我的回答就是基于这一点。
evidence_sure = 总的把握是 {sure}。
unasked = 我还没有告诉过你什么。
attached_text = 你发了一段文字。可以就它向我提问。
nothing_perceived = 你发的内容我什么也没感知到：{reason}。
pictures = 你发了{list}。
"""
    ),
)
