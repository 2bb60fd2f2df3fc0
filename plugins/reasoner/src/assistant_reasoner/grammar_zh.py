"""How questions are asked in Chinese, simplified or traditional. Data only: see grammar.py for its form."""

from __future__ import annotations

from typing import Final

from assistant_reasoner.grammar import Grammar

_TRADITIONAL: Final = (
    "們这個隻輛張條麼嗎圖裡裏畫體寫說話講聽間幾狗貓鳥魚馬車飛機電腦機視頻顏紅黃綠藍紫黑灰邊後誰時間候鐘錶書樹樓橋頭場廳廚"
    "衛單雙東區別對錯識長寬開關燈問題內語種聲錄總結場現兩樣較還應該請謝謝點為從無讀過當與給進廣動物傘鞋帽蘋橘麵飯盤"
    "傢俱勺湯碗餐發鬧籃網滑闆帶領鏡檯艘雞鴨豬獅龜龍貴價錢數標誌簡碼單見覺認難樂氣馬來聯運顯螢鍵滑鼠貨氈攝師員歲變離遠產買賣實際讓"
)
_SIMPLIFIED: Final = (
    "们这个只辆张条么吗图里里画体写说话讲听间几狗猫鸟鱼马车飞机电脑机视频颜红黄绿蓝紫黑灰边后谁时间候钟表书树楼桥头场厅厨"
    "卫单双东区别对错识长宽开关灯问题内语种声录总结场现两样较还应该请谢谢点为从无读过当与给进广动物伞鞋帽苹橘面饭盘"
    "家具勺汤碗餐发闹篮网滑板带领镜台艘鸡鸭猪狮龟龙贵价钱数标志简码单见觉认难乐气马来联运显萤键滑鼠货毡摄师员岁变离远产买卖实际让"
)

CHINESE: Final = Grammar(
    code="zh",
    spaced=False,
    anchor_first=True,
    folds={
        **dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)),
        "您": "你",
        "啥": "什",
        "這": "这",
        "為": "为",
        "妳": "你",
    },
    function_words="什么 吗 哪 几 多少 怎 是 有没 谁 呢 的 了 在",
    lexicon="""
article = 一个, 个, 只, 条, 辆, 匹, 头, 张, 把, 本, 台, 架, 艘, 位, 名, 块, 片, 根, 棵, 朵, 部, 件, 种, 顶, 支, 盆,
    一只, 一条, 一辆,
    一张, 一把, 一本, 一台, 一位, 一名, 一些, 些, 任何, 一匹, 一头, 一块, 一棵
the = 这个, 那个, 这只, 那只, 这辆, 那辆, 这张, 那张, 这些, 那些, 这条, 那条, 该, 这位, 那位
no = 没有, 没
number 1 = 一
number 2 = 两, 二, 两个, 两只, 两辆, 两条, 两张
number 3 = 三, 三个, 三只, 三辆
number 4 = 四, 四个, 四只
number 5 = 五, 五个, 五只
number 6 = 六
number 7 = 七
number 8 = 八
number 9 = 九
number 10 = 十
least at least = 至少, 最少, 不少于
least at most = 最多, 至多
least exactly = 正好, 恰好
least more than = 多于, 超过
least fewer than = 少于, 不到
size big = 大, 大的, 巨大的
size small = 小, 小的
size biggest = 最大的
size smallest = 最小的
color red = 红, 红色的, 红的
color orange = 橙, 橙色的, 橙黄色, 橘色, 橘黄色
color yellow = 黄, 黄色的, 黄的, 金色
color green = 绿, 绿色的, 绿的
color blue = 蓝, 蓝色的, 蓝的
color purple = 紫, 紫色的
color pink = 粉, 粉红, 粉红色, 粉色的, 粉红色的
color brown = 棕, 褐色, 棕色的, 褐色的, 咖啡色
color black = 黑, 黑色的, 黑的
color white = 白, 白色的, 白的
color gray = 灰, 灰色的, 银色
color teal = 青, 青色的
color beige = 米色的, 米黄色
side left = 左边, 左面, 左侧, 左方, 左手边, 左
side right = 右边, 右面, 右侧, 右方, 右手边, 右
side on = 上面, 上, 上边, 上方, 上头
side bottom = 下面, 下, 下边, 下方, 底下, 下部
side inside = 里面, 里, 内, 里边, 中
side front = 前面, 前, 前方, 前边
side back = 后面, 后, 后方, 背后, 后边
side middle = 中间, 中央, 正中间
side beside = 旁边, 旁, 附近, 边上
region in the foreground = 前景
region in the background = 背景
pronoun it = 它, 这, 那, 他, 她
pronoun they = 它们, 他们, 她们
join and = 和, 与, 跟, 以及
join or = 或, 或者, 还是
drop = 的, 在, 位于, 有, 是, 处于, 地
""",
    macros="""
each = (有?(?:几|多少)(?:个|只|条|辆|匹|头|张|把)?)(.+?)(?:和|与|跟)(?:(?:几|多少)(?:个|只|条|辆|匹|头|张|把)?)?(.+?)()
asks = .
and = 那|那么|还有
lead =
    请问|请|麻烦|(能不能|可以|能|可不可以)[你]|[你](能|可以)?告诉我|告诉我|帮我[看看|看一下]|看看|看一下|我想知道|你知道|数一数|数数
tail = 呢|呀|啊|吧|谢谢|嘛
there = (有没有|是否有|是不是有|有无|存在|看得到|能看到|可以看到|看到|有)
many = (几|多少)(个|只|条|辆|匹|头|张|把|本|台|架|艘|位|名|瓶|杯|块|片|根|棵|朵|部|件|种|顶|支|盆|间|幅|扇|口|双)?
what = (什么|啥|什|哪些|些什么)
they = (他|她|他们|她们|这个人|说话的人|大家|<voice>|对方|男人|女人|你|我)
voice = (录音|音频|语音|这段录音|这段话|视频|这段语音|这段音频|这个录音|语音消息)
said = (说|讲|提|谈|聊)
done = (到|了|过|起|的|的是|到了|到过|起了|过了)*
place = (房间|地方|场所|地点|场景|屋子|哪里|哪儿)
""",
    pictures="""
in = (在)?(这|那)?(张|幅|个|段)?(图片|照片|图像|图|画面|画|视频|相片|影片)(里面|里|中|上|内|里头|当中)
of = (这|那)(张|幅|个|段)?(图片|照片|图像|图|画面|画|相片)|(图片|照片|图像|相片)
in nth = (在)?# (张|幅|个)?(图片|照片|图|视频)?(里面|里|中|上|内)
of nth = # (张|幅|个)(图片|照片|图|视频)
of both = (这)?(两|二)(张|幅)(图片|照片|图)?|它们之间
ordinals = 第一, 第二|另一, 第三, 第四
""",
    rules="""
(非常|十分|太)?(谢谢|多谢|感谢)(你|您|了|啦)* => thank you
(@i|这|它)?(是|是不是)(一张)?黑白(的)?(@i|照片|照|图片)?(的)?吗? => is the picture black and white
(现在)?(是)?几点(了|钟)* => what time is it
(是)?白天还是(晚上|夜晚|夜里) => is it day or night
有人(戴|穿)(着|了)?{x}吗? => is anyone wearing a {x}
(哪|哪一)(张|幅|个)?@p(的)?(有)?{x}(更多|最多|比较多|多) => which picture has more {x:s}
(哪|哪一)(张|幅|个)?@p(有){x} => which picture has a {x}
{k}(要|卖|是)?(多少钱|什么价格|几块钱|几元|怎么卖) => how much does the {k} cost
{k}(的)?(价格|价钱|售价)(是)?(多少|什么)?(钱)? => how much does the {k} cost
(@p)?(最便宜的)(是|菜是)?(什么|哪个|哪道)? => what is the cheapest
(@p)?(最贵的)(是|菜是)?(什么|哪个|哪道)? => what is the most expensive
(@p)?(电话|电话号码)(是)?(多少|什么) => what is the phone number
(@p)?(上面的)?日期(是)?(多少|什么|哪天) => what is the date
(@p)?(总价|总额|总金额|合计|总计)(是)?(多少|什么)?(钱)?|(一共|总共)(要付|要|付)?多少钱 => what is the total
(@p)?(上面)?(有)?(几|多少)行(字|文字)? => how many lines of text are there
(@p)?(上面)?(有)?(几|多少)个(词|单词) => how many words are written there
(@p)?(最大的)(字|文字)(是)?(什么)?|(@p)?(的)?标题(是)?什么 => what is the largest text
{x}(和|跟|与){y}(哪个|哪一个|谁)(更|比较)?大 => which is bigger, the {x} or the {y}
{x}(和|跟|与){y}(哪个|哪一个|谁)(更|比较)?小 => which is smaller, the {x} or the {y}
{x}离{y}(更)?近还是离{z}(更)?近|{x}离{y}还是(离)?{z}(更)?近 => is the {x} closer to the {y} or to the {z}
{x}(是不是)?比{y}(更|要)?大吗? => is the {x} bigger than the {y}
{x}(是不是)?比{y}(更|要)?小吗? => is the {x} smaller than the {y}
{x}(和|跟|与){y}(的)?(是)?(颜色)(是)?(一样|相同|是不是一样)(的)?吗?|
    {x}(和|跟|与){y}(是)?(同一种|同样的|一样的)颜色(的)?吗? =>
    are the {x} and the {y} the same color
(对还是错|是真是假|对不对|判断对错|判断)(@p)?有{x} => true or false: there is a {x}
(对还是错|是真是假|对不对|判断对错|判断)(@p)?没有{x} => true or false: there is no {x}
{x}(身上)?(穿|戴)(着|了)?<what>(衣服)? => what is the {x} wearing
视频(有)?(多长|多久)(时间)?|视频(的)?(时长|长度)(是)?(多少|多长)? => how long is the video
(@p)?(你)?(看到|看见|能看到)(了)?{x}(了)?(吗|没有) => is there a {x}
(哪|哪一)(张|幅|个)(图片|照片|图)?(里|中|上)?(的)?{x}(更多|最多|比较多|多) => which picture has more {x:s}
(@p)?(一共|总共)?(有)?<many>{x} => how many {x:s} are there
(你好|嗨|哈喽|早上好|晚上好|下午好|大家好) => hello
(谢谢|多谢|感谢)(你|了|啦)? => thank you
(再见|拜拜|晚安)(了|啦)? => goodbye
你(能|会|可以)(帮我)?(做|干)(些)?<what>(事)?|怎么用|帮助|你有什么功能|你的功能是什么|你能做什么 => what can you do
你是谁|你叫什么(名字)?|你是什么 => who are you
你好吗|你怎么样 => how are you
(你)?(确定|肯定)吗|真的吗|你(确定|肯定)(吗)? => are you sure
为什么|你怎么知道(的)? => why
(那|那么){x} => and the {x}
(那)?@p => and in the picture
(有|一共|总共|一共有)?<many> => how many
(是)?什么颜色(的)? => what color
在哪里|在哪儿|在哪 => where
什么时候 => when
(<they>)?<said>了?<many>(次|遍|回){t} => how many times did they say {t}
{t}(被)?(<said>|提到|说到)<done><many>(次|遍|回) => how many times did they say {t}
(<voice>)(有)?多长(时间)?|(他|她|他们)?说了多久|时长(是)?多少|<voice>多久 => how long is the recording
{x}(出现|看得到)(了)?多久|{x}出现了多长时间 => how long is the {x} visible
(同时)?(最多)(同时)?(有|出现)?<many>{x} => how many {x:s} are there at most at once
(@p)?(一共|总共|共)?(有|是|看到|能看到|出现)?(了)?<many>{x} => how many {x:s} are there
(@p)?{x}(一共|总共)?(有)?<many> => how many {x:s} are there
{x}(的数量|的数目)是多少|数(一下)?{x} => how many {x:s} are there
(@p)?{x}(是不是)?比{y}(多|更多|要多)吗? => are there more {x:s} than {y:s}
(@p)?{x}(是不是)?比{y}(少|更少|要少)吗? => are there fewer {x:s} than {y:s}
(@p)?{x}(和|跟|与){y}一样多吗? => are there as many {x:s} as {y:s}
(哪|哪一)(张|幅|个)(图片|照片|图)?(@p)?(里|中|上)?(的)?{x}(更多|最多|比较多|多) => which picture has more {x:s}
(哪|哪一)(张|幅|个)(图片|照片|图)?(里|中|上)?(有){x} => which picture has a {x}
...(区别|不同|差别|差异|不一样)... => what is the difference between the pictures
(比较|对比)... => what is the difference between the pictures
@i(都有|共同)(什么|的是什么) => what is in both pictures
(@i)?(是|是不是)(同一个|一样的)地方吗? => are they the same place
(@i)(一样|相同|是不是一样)吗? => are they the same
(@i|这)?是(在)?(室内还是室外|里面还是外面)(拍的)? => is it indoors or outdoors
(@i|这)?是(在)?室内(拍的)?吗 => is it indoors
(@i|这)?是(在)?(室外|户外)(拍的)?吗 => is it outdoors
(@i)?(是|是不是|在)(在)?(哪里|哪儿|什么地方|哪)(拍的|拍摄的|照的)?|(@i|这|那)?(是|在)(哪里|哪儿|什么地方|什么场所) =>
    where is this
(@i|这|那|@p)?(是|在)(哪个|什么|哪间)(样的)?<place> => what room is this
(@i|这|它|那)?是{x}还是{y} => is it a {x} or a {y}
(这|那|它|@i|@p)?(是|到底是)<what>(东西|呀|啊)? => what is this
(@p)?(主要)?(有)?(什么|哪些)颜色|主要(的)?颜色是<what> => what colors are there
(@p)?{x}(是|的|的颜色是|有)?(什么|啥|哪种|何种|什)颜?色(的)? => what color is the {x}
(@p)?{x}的颜色(是什么)? => what color is the {x}
(@p)?{x}(在|位于)(@p)?(的)?(哪里|哪儿|什么位置|什么地方|哪个位置|哪|哪边|何处) => where is the {x}
(找到|找出|指出){x} => where is the {x}
{x}(上面|上|里面|里|旁边|的)?(上)?(写|印)(着|了|的是|的)?(些)?<what>(字)? => what does the {x} say
(@p)?(上面|上|里面|那里|这里|它)?(写|印)(着|了|的是|的)?(些)?<what>(字|内容)? => what does it say
(@p)?(的)?(文字|字)(是|写|内容是|的内容是)?<what> => what does it say
(@p|@i)?(说|讲)的?是?(什么)字|(@p)?(有)?(什么|哪些)(字|文字) => what does it say
(读|念|识别|提取)(一下|出|出来)?(@p)?(的)?(所有)?(文字|字|内容|文本)(一下|出来)? => read the text
(@p)?<there>(任何)?(文字|字|写字)吗? => is there any text
(@p)?(上面|上)?(有没有|是不是|是否|有)?(写|印)(着|了|有)?{t}(吗|没有)? => does it say {t}
(<they>)?(说|讲)的(话|内容)?(和|跟|与)(@i|图)(相符|符合|一致|一样|对得上)吗? => does what they say match the picture
(<they>)?(说|讲)的是哪(一)?(张|幅)(图|图片|照片)?|(<they>)?在?(说|讲)哪(一)?(张|幅)(图|图片|照片)? => which picture is
    he talking about
(看到|出现){x}(的时候|时)(<they>)?(<said>)(了)?<what> => what is said while the {x} is visible
(总结|概括|摘要|归纳)... => summarise the recording
...(什么|哪种|哪一种|何种)(语言|语)... => what language is spoken
(<they>)?说的?是?英语吗 => is he speaking English
(<said>)?<done>?(什么|哪些|了哪些)(数字|号码)(被提到|被说到)?|(<they>)?(提到|说|说到)(了)?(什么|哪些)(数字|号码) =>
    what numbers were mentioned
(<they>)?(提到|说|说到)(了)?(什么|哪些)(名字|人名) => what names were mentioned
(<they>)?(提到|说|说到)(了)?(什么|哪些)(日期|时间) => what dates were mentioned
(<they>)?(提到|说|说到)(了)?(什么|哪些)(价格|价钱) => what prices were mentioned
(<they>)?(最开始|首先|第一句|一开始)(<said>)?(了|的)?(是)?<what>(话)? => what was the first thing they said
(<they>)?(最后|最后一句)(<said>)?(了|的)?(是)?<what>(话)? => what was the last thing they said
(<they>)?(@p)?(在)?(<said>)<done>(些)?<what>(话|内容)? => what did they say
(<they>)?(高兴|开心|快乐)吗 => is the speaker happy
(<they>)?(难过|生气|伤心)吗 => is the speaker angry
(<they>)?(什么时候|几秒|第几秒|何时|在什么时候)<said><done>{t} => when did they mention {t}
{t}(是)?(什么时候|第几秒|何时)(被)?<said><done> => when did they mention {t}
{x}(是)?(什么时候|第几秒|何时|几秒)(出现|看到)(的)?|(什么时候|第几秒|何时)(能)?(看到|出现){x} => when does the {x}
    appear
(<they>)?(关于|对于|对){t}(<they>)?(都)?<said><done>(些)?<what> => what did they say about {t}
(<they>)?(有没有|是否)<said><done>{t} => did they mention {t}
(<they>)?(有|都)?<said><done>{t}(吗|没有|没) => did they mention {t}
(<they>)?(@p)?(在)?(<said>)<done>(些)?<what>(话|内容)? => what did they say
(<voice>)?(里)?(你)?(听到|听见)<done>(些)?<what> => what did they say
...(转写|转录|转成文字|语音内容|录音内容|听写)... => transcribe the recording
(是)?谁(在)?说话 => who is speaking
有(人|没有人)(在)?说话(吗)? => is anyone speaking
(<they>)?(高兴|开心|快乐)吗 => is the speaker happy
(<they>)?(难过|生气|伤心)吗 => is the speaker angry
...(心情|情绪|情感|语气|感受|感觉)... => how does the speaker feel
(@p)?(发生了|发生)<what>(事)? => what happens in the video
(@p)?(开始|开头)和(结束|结尾|最后)(之间)?(有)?<what>变化 => what changes between the start and the end
...(多大|尺寸|分辨率|像素)... => how big is the picture
(@i)模糊吗 => is the picture blurred
(@i)(清晰|清楚)吗 => is the picture sharp
(这|那|@p)?(的)?(人)?是谁 => who is this
{x}(在|正在)(做|干)<what> => what is the {x} doing
...天气... => what is the weather
{x}?(多大年纪|几岁|多少岁)(了)? => how old is he
为什么... => why is that
{x}(的)?(左边|左面|左侧)(是|有)(<what>|谁)(东西)? => what is left of the {x}
{x}(的)?(右边|右面|右侧)(是|有)(<what>|谁)(东西)? => what is right of the {x}
{x}(的)?(旁边|附近)(是|有)(<what>|谁)(东西)? => what is next to the {x}
{x}(的)?(后面|背后)(是|有)(<what>|谁)(东西)? => what is behind the {x}
{x}(的)?(前面)(是|有)(<what>|谁)(东西)? => what is in front of the {x}
{x}(的)?(下面|下方)(是|有)(<what>|谁)(东西)? => what is under the {x}
{x}(上|上面|的上面)(是|有)(<what>|谁)(东西)? => what is on the {x}
{q}(是|有)(<what>|谁)(东西)? => what is {q}
(@p|这|那|它|里面|@i)?(个|只|张)?(是|有)(什么|哪种|哪些|什么样的)(种类的|类型的|样的)?{x} => what {x} is this
(这|那|它)?(是)?(哪|什么)(种|品种的?){x} => what kind of {x} is this
(描述|介绍|形容|说说|讲讲)... => describe the picture
(@p|@i|你)?(有|看到|能看到|看见|看到了|能看见|可以看到|里有|里面有|显示)(了)?(些)?<what>(东西|内容)? => describe the
    picture
(@p)?(是不是)?没有{x}吗? => is there no {x}
(@p)?<there>(任何|没有)?{x}(吗|没有|没)? => is there a {x}
(@p)?{x}有没有 => is there a {x}
(@p|@i|这|那|它)?(里)?(是|是不是|是否是)(一|个)?{x}吗? => is this a {x}
(@p)?{x}(是不是|是否|是)(在)?{q}吗? => is the {x} {q}
(@p)?{x}(在|位于){q}吗 => is the {x} {q}
{x}吗 => is there a {x}
""",
)
